"""Declares one setting, checks its text, and splits the lists in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import AfterValidator, AliasChoices, Field

__all__ = ["checked_by", "parts_of", "setting"]


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


def checked_by(read: Callable[[str], object]) -> AfterValidator:
    """Refuse a text for which `read` raises ValueError; the setting keeps it as it was written."""

    def checked(text: str) -> str:
        read(text)
        return text

    return AfterValidator(checked)


def parts_of(text: str) -> list[str]:
    """Return the entries of a list separated by commas."""
    return [part.strip() for part in text.split(",") if part.strip()]
