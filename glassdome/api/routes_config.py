"""Settings: each value with its origin; those that config.yml may hold can be changed here too."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from glassdome.api.access import Reader, Writer
from glassdome.api.answers import Element, answer, success
from glassdome.api.errors import refusals
from glassdome.api.lists import UNCHANGED, tagged
from glassdome.core.log import redact
from glassdome.desk.http import Wired
from glassdome.desk.settings import ConfigEdit, edit_settings, shown_settings

__all__ = ["router"]

router = APIRouter(tags=["config"])


class SettingShape(BaseModel):
    """One setting. A secret's value is never shown, only whether it is set."""

    value: str | int | float | bool | None
    origin: Annotated[str, Field(description="argument, environment NAME, .env, llm_config, file:line or default")]
    environment: str
    about: str
    secret: bool
    is_set: bool
    editable: Annotated[bool, Field(description="May be changed here: not secret, and not fixed by the environment")]
    restart: Annotated[bool, Field(description="A change takes effect when the service starts again")]


@router.get(
    "/api/v1/get/llm/config",
    summary="All settings with their origins",
    response_model=dict[str, SettingShape],
    responses={**UNCHANGED, **refusals()},
)
async def get_config(request: Request, services: Wired, caller: Reader) -> Response:
    """Answer each setting's value and where it came from."""
    caller.must_be_unrestricted()
    return tagged(request, json.dumps(shown_settings(services.settings()), ensure_ascii=False))


@router.post(
    "/api/v1/edit/llm/config",
    summary="Change settings",
    response_model=list[Element],
    responses=refusals(403, 409),
)
async def edit_config(services: Wired, caller: Writer, body: ConfigEdit) -> Response:
    """Store new values in `llm_config`; they take effect at once. All are accepted, or none. Audited."""
    changes = await edit_settings(services, caller, body)
    shown = shown_settings(services.settings())
    data = {name: shown[name] for name in changes}
    return answer(success("edit", "config", msg=["config_modified", *changes], data=data, request=redact(changes)))
