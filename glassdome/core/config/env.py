"""Read settings from the environment, `.env` and config.yml, each by its own names alone.

pydantic reads a field by its Python name too where it may be given as an argument so: DATABASE_URL and MODEL, which are
other programs', would be ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
)

from glassdome.core.config.file import FileValue

__all__ = ["ConfigFile", "EnvFile", "Environment"]


class Environment(EnvSettingsSource):
    """The variables of this process."""

    def _extract_field_info(self, field: Any, field_name: str, *more: Any) -> list[tuple[str, str, bool]]:
        return [entry for entry in super()._extract_field_info(field, field_name, *more) if entry[0] != field_name]


class EnvFile(DotEnvSettingsSource):
    """The lines of `.env`."""

    def _extract_field_info(self, field: Any, field_name: str, *more: Any) -> list[tuple[str, str, bool]]:
        return [entry for entry in super()._extract_field_info(field, field_name, *more) if entry[0] != field_name]

    def __call__(self) -> dict[str, Any]:
        """Return the values by the settings' names; pydantic adds every other line, under its name in lower case."""
        fields = self.settings_cls.model_fields
        return {name: value for name, value in super().__call__().items() if name not in fields}


class ConfigFile(PydanticBaseSettingsSource):
    """The values of config.yml."""

    def __init__(self, settings_cls: type[BaseSettings], read: Callable[[], Mapping[str, FileValue]]) -> None:
        """`read` returns field name -> value."""
        super().__init__(settings_cls)
        self._read = read

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        """Unused: `__call__` gives all values at once."""
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        """Return field name -> value."""
        return {name: value.value for name, value in self._read().items()}
