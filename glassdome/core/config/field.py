"""Declares one setting, and splits the lists in a setting."""

from __future__ import annotations

from typing import Any

from pydantic import AliasChoices, Field

__all__ = ["parts_of", "setting"]


def setting(
    env: str, default: Any, about: str, *, also: tuple[str, ...] = (), live: bool = False, **bounds: Any
) -> Any:
    """A field read from the environment name `env`, or given by its own name as an argument.

    `also` are further names of it, read where `env` is not there. `live` says that a running service follows a change of it; the others are read at its start.
    """
    return Field(
        default,
        validation_alias=AliasChoices(env, *also),
        description=about,
        json_schema_extra={"live": live},
        **bounds,
    )


def parts_of(text: str) -> list[str]:
    """Return the entries of a list separated by commas."""
    return [part.strip() for part in text.split(",") if part.strip()]
