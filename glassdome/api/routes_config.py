"""Settings: each value with its origin; those that config.yml may hold can be changed here too."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from glassdome.api.access import Reader, Wired, Writer
from glassdome.api.answers import Element, answer, success
from glassdome.api.errors import refusals
from glassdome.api.lists import UNCHANGED, tagged
from glassdome.core.config import Settings, env_name, is_live
from glassdome.core.config_file import KEYS
from glassdome.core.config_places import EDITABLE
from glassdome.core.config_shown import shown_value
from glassdome.core.errors import ActionForbidden, ConfigError, InputError, SettingPinned
from glassdome.core.limits import MAX_SETTING_CHARS
from glassdome.core.log import redact

__all__ = ["router", "shown_settings"]

router = APIRouter(tags=["config"])

Value = Annotated[str, Field(max_length=MAX_SETTING_CHARS)] | int | float | bool


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


class ConfigEdit(BaseModel):
    """New values by name, as shown by get/llm/config or as written in config.yml; null goes back to the default."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"attr": {"ollama_model": "phi3:mini", "processing.batch_size": 5}}]},
    )

    attr: Annotated[dict[str, Value | None], Field(min_length=1, max_length=len(KEYS))]


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
    caller.must_be_unrestricted()
    stored = await services.config.read_config()
    # In a thread: settings look into their files to know what fixes a value.
    changes = await asyncio.to_thread(_checked_changes, services.settings(), stored, body.attr)
    now = services.clock.now()
    await services.config.write_config(changes, now=now)
    await services.history.audit(
        actor=caller.name, action="edit_config", subject="llm_config", facts=dict(redact(changes)), now=now
    )
    await services.reload()
    shown = shown_settings(services.settings())
    data = {name: shown[name] for name in changes}
    return answer(success("edit", "config", msg=["config_modified", *changes], data=data, request=redact(changes)))


def _checked_changes(
    settings: Settings, stored: Mapping[str, str], attr: Mapping[str, Value | None]
) -> dict[str, str | None]:
    changes = _changes(settings, attr)
    _validate(settings, stored, changes)
    return changes


def _changes(settings: Settings, attr: Mapping[str, Value | None]) -> dict[str, str | None]:
    """Return field name -> text, None to remove; raises InputError for a name that cannot be changed here."""
    pinned = settings.pinned()
    changes: dict[str, str | None] = {}
    for name, value in attr.items():
        field = KEYS.get(name, name)
        if field not in Settings.model_fields:
            raise InputError(f"There is no setting {name!r}.", fix="GET /api/v1/get/llm/config lists them.")
        if field not in EDITABLE:
            raise InputError(f"{name} cannot be changed here.", fix=f"Set {env_name(field)} in the environment.")
        if field in pinned:
            raise SettingPinned(f"{name} is fixed by {pinned[field]}.", fix="Change it there.")
        changes[field] = None if value is None else _text(value)
    return changes


def _text(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _validate(settings: Settings, stored: Mapping[str, str], changes: Mapping[str, str | None]) -> None:
    """Make the settings as they would be; raises InputError with the reason when they are not allowed."""
    wanted = {k: v for k, v in {**stored, **changes}.items() if v is not None}
    try:
        settings.with_table(wanted)
    except ConfigError as exc:
        raise InputError(_why(exc)) from exc
    for name, why in settings.refused(wanted).items():
        raise ActionForbidden(f"{name} {why}", fix=f"Set {env_name(name)}, or the list of hosts, in the environment.")


def _why(exc: ConfigError) -> str:
    """Say what is wrong with the new values; the error's own words name the file, where they did not come from."""
    if not isinstance(exc.__cause__, ValidationError):
        return exc.message
    found = exc.__cause__.errors(include_url=False, include_input=False)
    words = [("".join(map(str, error["loc"])), error["msg"].removeprefix("Value error, ")) for error in found]
    return " ".join(f"{name}: {what}." for name, what in words)


def shown_settings(settings: Settings) -> dict[str, dict[str, Any]]:
    """Return each setting by name, as `SettingShape` describes it."""
    origins, pinned = settings.origins(), settings.pinned()
    return {
        name: {
            "value": _visible(name, getattr(settings, name)),
            "origin": origins[name],
            "environment": env_name(name),
            "about": field.description or "",
            "secret": _is_secret(field.annotation),
            "is_set": _is_set(getattr(settings, name)),
            "editable": name in EDITABLE and name not in pinned,
            "restart": not is_live(name),
        }
        for name, field in Settings.model_fields.items()
    }


def _is_secret(annotation: Any) -> bool:
    return "SecretStr" in str(annotation)


def _is_set(value: Any) -> bool:
    if isinstance(value, SecretStr):
        return bool(value.get_secret_value())
    return value not in (None, "")


def _visible(name: str, value: Any) -> Value | None:
    return None if isinstance(value, SecretStr) else shown_value(name, value)
