"""Successful answers to writes, in mailcow's shape: a list of elements with type, log and msg; our result in `data`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from fastapi.responses import JSONResponse
from pydantic import BaseModel

from glassdome.core.errors import GlassdomeError

__all__ = ["Element", "answer", "refused", "success"]


class Element(BaseModel):
    """One element of a write's answer."""

    type: Literal["success", "danger"]
    log: list[Any]
    msg: list[str]
    data: Any = None


def success(
    verb: str, noun: str, *, msg: Sequence[str], data: Any = None, request: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return one element; `log` is mailcow's: who, what, on what, with which attributes, and null."""
    return {
        "type": "success",
        "log": ["llm", verb, noun, dict(request or {}), None],
        "msg": list(msg),
        "data": data,
    }


def refused(verb: str, noun: str, *, exc: GlassdomeError, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the element of one refused item of a bulk request: mailcow's type `danger`, our code and sentence."""
    return {
        "type": "danger",
        "log": ["llm", verb, noun, dict(request), None],
        "msg": [exc.code, exc.outward],
        "data": None,
    }


def answer(*elements: Mapping[str, Any], status: int = 200) -> JSONResponse:
    """Return the elements with a true status."""
    return JSONResponse([dict(element) for element in elements], status_code=status)
