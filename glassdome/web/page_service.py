"""Settings of the service: each value, where it came from, and a field where it may be changed."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from glassdome.core.errors import InputError
from glassdome.desk.http import Wired
from glassdome.desk.keys import Caller
from glassdome.desk.services import Services
from glassdome.desk.settings import ConfigEdit, edit_settings, shown_settings
from glassdome.web.page import PageRoute, redirect, render
from glassdome.web.tongue import gettext
from glassdome.web.visitor import Reads, Written

__all__ = ["router"]

router = APIRouter(prefix="/llm", route_class=PageRoute, include_in_schema=False)


@router.get("/service")
async def service(request: Request, services: Wired, visitor: Reads) -> Response:
    """Show all settings: first those that may be changed here."""
    shown = _settings(services, visitor.signed_in_by)
    editable = {name: one for name, one in shown.items() if one["editable"]}
    fixed = {name: one for name, one in shown.items() if not one["editable"]}
    return render(request, "service.html", visitor, editable=editable, fixed=fixed)


@router.post("/service")
async def change(services: Wired, form: Written) -> Response:
    """Store one value in `llm_config`, or go back to what holds without it."""
    name = form["name"]
    known = _settings(services, form.caller)
    if name not in known:
        raise InputError(gettext("There is no such setting."))
    value = None if form["reset"] else form["value"].strip()
    await edit_settings(services, form.caller, ConfigEdit(attr={name: value}))
    return redirect("service", done="settings")


def _settings(services: Services, caller: Caller) -> dict[str, dict[str, Any]]:
    caller.must_be_unrestricted()
    return shown_settings(services.settings())
