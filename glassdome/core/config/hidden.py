"""Find values of config.yml that something of a higher rank hides, so that an edit of the file changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from glassdome.core.config import DEFAULT_CONFIG, Settings, env_names
from glassdome.core.config.file import KEYS, FileValue, read_config_file

__all__ = ["HiddenValue", "hidden_by", "hidden_values"]

_DOTTED = {field: dotted for dotted, field in KEYS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenValue:
    """`key` of config.yml, written at `place`, has no effect because of `by`."""

    key: str
    place: str
    by: str


def hidden_values(settings: Settings) -> list[HiddenValue]:
    """Return what environment, `.env` or arguments hide; reads the file. Raises ConfigError."""
    path = settings.config_path or DEFAULT_CONFIG
    if not path.is_file():
        return []
    pinned = settings.pinned()
    in_force = {field: (getattr(settings, field), by) for field, by in pinned.items()}
    return list(_hidden(read_config_file(path), in_force))


def hidden_by(values: Mapping[str, str], where: str, path: Path) -> list[HiddenValue]:
    """Return what the variables in `values`, written in the file `where`, hide of the config.yml at `path`."""
    in_force = {
        field: (values[name], f"{name} in {where}")
        for field in KEYS.values()
        for name in env_names(field)
        if values.get(name)
    }
    return list(_hidden(read_config_file(path), in_force))


def _hidden(file: Mapping[str, FileValue], in_force: Mapping[str, tuple[Any, str]]) -> Iterator[HiddenValue]:
    """Yield values that differ from those in force. One that repeats the default is ignored."""
    for field, written in file.items():
        if field not in in_force:
            continue
        value, by = in_force[field]
        wanted = _read(field, written.value)
        if wanted not in (_read(field, value), Settings.model_fields[field].default):
            yield HiddenValue(key=_DOTTED[field], place=written.place, by=by)


def _read(field: str, value: Any) -> Any:
    """Return a value as the setting holds it: `60`, `"60"` and 60.0 are the same interval."""
    kind: Any = Settings.model_fields[field].annotation
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return value
