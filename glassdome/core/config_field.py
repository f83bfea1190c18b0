"""How one setting is declared."""

from __future__ import annotations

from typing import Any

from pydantic import AliasChoices, Field

__all__ = ["named"]


def named(env: str, default: Any, about: str, **bounds: Any) -> Any:
    """A field read from the environment name `env`, or given by its own name as an argument."""
    if isinstance(default, list | dict):
        return Field(
            default_factory=lambda: type(default)(default),
            validation_alias=AliasChoices(env),
            description=about,
        )
    return Field(default, validation_alias=AliasChoices(env), description=about, **bounds)
