"""Strict decoding of a model's answer: JSON with exactly the fields asked for, each of its type, all bounded."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any, Final, NoReturn

from glassdome.core.errors import OutputInvalid

__all__ = ["decode", "number", "strings"]

#: Characters of an answer that are read; the longest valid one has about 6,000.
_MOST_CHARS: Final = 64_000
_DEEPEST: Final = 5
#: Numbers with more digits than this are noise; parsing them costs quadratic time.
_MOST_DIGITS: Final = 18
_THOUGHT = re.compile(r"<(think|thinking|reasoning)>.*?</\1>", re.DOTALL | re.IGNORECASE)
_FENCED = re.compile(r"```(?:json)?\s*(\{.*\})\s*```", re.DOTALL)

_TYPES: Final[Mapping[str, Any]] = {
    "string": str, "integer": (int, float), "boolean": bool, "array": list, "object": dict,
}  # fmt: skip


def decode(text: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the object of an answer; raises OutputInvalid saying what was wrong, never quoting the answer.

    Raw control characters inside strings are let through, for they are removed later anyway; reasoning in front of
    the object and a code fence around it are dropped.
    """
    if len(text) > _MOST_CHARS:
        raise OutputInvalid("it was too long")
    found = _parse(_object_in(text))
    _check(found, schema, place="the answer", depth=0)
    return dict(found)


def _object_in(text: str) -> str:
    text = _THOUGHT.sub("", text).strip()
    if not text:
        raise OutputInvalid("it was empty")
    if text.startswith(("{", "[")):
        return text
    fenced = _FENCED.search(text)
    if fenced:
        return fenced[1]
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start:
        raise OutputInvalid("it was not a JSON object")
    return text[start : end + 1]


def _parse(text: str) -> Any:
    try:
        return json.loads(
            text,
            strict=False,
            parse_constant=_no_constant,
            parse_int=_integer,
            parse_float=_finite,
            object_pairs_hook=_no_repeats,
        )
    except (ValueError, RecursionError) as exc:
        raise OutputInvalid("it was not valid JSON") from exc


def _no_constant(word: str) -> NoReturn:
    raise OutputInvalid(f"it used {word} as a number")


def _integer(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise OutputInvalid("it held an absurd number")
    return int(digits)


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise OutputInvalid("it held an absurd number")
    return value


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise OutputInvalid("it gave a field twice")
    return found


def _check(value: Any, schema: Mapping[str, Any], *, place: str, depth: int) -> None:
    kind = schema["type"]
    if depth > _DEEPEST or not isinstance(value, _TYPES[kind]) or (isinstance(value, bool) and kind != "boolean"):
        raise OutputInvalid(f"{place} was not of type {kind}")
    if kind == "object":
        _check_object(value, schema, place=place, depth=depth)
    elif kind == "array":
        for item in value[: schema["maxItems"]]:
            _check(item, schema["items"], place=f"an item of {place}", depth=depth + 1)


def _check_object(value: Mapping[str, Any], schema: Mapping[str, Any], *, place: str, depth: int) -> None:
    properties = schema["properties"]
    missing = [name for name in properties if name not in value]
    if missing:
        raise OutputInvalid(f"{place} lacked {', '.join(missing)}")
    if len(value) > len(properties):
        raise OutputInvalid(f"{place} had a field that was not asked for")
    for name, shape in properties.items():
        _check(value[name], shape, place=name, depth=depth + 1)


def number(value: float, *, least: float, most: float) -> float:
    """Return `value` held between its bounds."""
    return min(max(float(value), least), most)


def strings(values: list[str], schema: Mapping[str, Any]) -> list[str]:
    """Return the strings of a list that its schema allows, without repeats."""
    allowed = schema["items"].get("enum")
    kept = [v for v in values[: schema["maxItems"]] if allowed is None or v in allowed]
    return list(dict.fromkeys(kept))
