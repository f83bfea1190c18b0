"""Settings of the service: shown with their origins, changed in `llm_config`; changes are audited."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from glassdome.core.config import Settings, env_name, is_live
from glassdome.core.config.file import KEYS
from glassdome.core.config.places import EDITABLE
from glassdome.core.config.shown import shown_value
from glassdome.core.errors import ActionForbidden, ConfigError, InputError, SettingPinned
from glassdome.core.limits import MAX_SETTING_CHARS
from glassdome.core.log import redact
from glassdome.desk.keys import Caller
from glassdome.desk.services import Services

__all__ = ["ConfigEdit", "edit_settings", "shown_settings"]


Value = Annotated[str, Field(max_length=MAX_SETTING_CHARS)] | int | float | bool


class ConfigEdit(BaseModel):
    """New values by name, as shown by get/llm/config or as written in config.yml; null goes back to the default."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"attr": {"ollama_model": "phi3:mini", "processing.batch_size": 5}}]},
    )

    attr: Annotated[dict[str, Value | None], Field(min_length=1, max_length=len(KEYS))]


async def edit_settings(services: Services, caller: Caller, body: ConfigEdit) -> dict[str, str | None]:
    """Store, audit and apply new values, all or none; return field name -> text, None for a removed value."""
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
    return changes


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
    """Describe the error in the new values; the original error would name the file, which they did not come from."""
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
