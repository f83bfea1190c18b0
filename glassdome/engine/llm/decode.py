"""Strict decoding of a model's answer: JSON with exactly the fields asked for, each of its type, all bounded."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, Final, NoReturn

from glassdome.core.errors import OutputInvalid

__all__ = ["decode", "number", "strings"]

#: Characters of an answer that are read; the longest valid one has about 6,000.
_MOST_CHARS: Final = 64_000
#: Characters that are looked through for the end of thoughts, which may be many times as long as the answer.
_MOST_THOUGHTS: Final = 256_000
_DEEPEST: Final = 5
#: Numbers with more digits than this are noise; parsing them costs quadratic time.
_MOST_DIGITS: Final = 18
#: Where a model's thoughts end: behind the last of these marks stands its answer. Templates that open the thoughts in
#: the prompt leave the closing mark alone; gpt-oss writes the names of its channels into the text.
_ENDS_OF_THOUGHT: Final = (
    "</think>",
    "</thinking>",
    "</thought>",
    "</reasoning>",
    "[/think]",
    "<|message|>",
    "<|end_of_thought|>",
    "<|end_thinking|>",
    "</reflection>",
    "</seed:think>",
    "\u25c1/think\u25b7",
    "<unused95>",
    "assistantfinal",
)
#: Places at which an object may begin that are tried; each costs a pass over the text.
_MOST_BEGINS: Final = 40

_TYPES: Final[Mapping[str, Any]] = {
    "string": str, "integer": (int, float), "boolean": bool, "array": list, "object": dict,
}  # fmt: skip


def decode(text: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the object of an answer; raises OutputInvalid with the mistake, never quoting the answer.

    Raw control characters inside strings are let through, for they are removed later anyway; reasoning in front of
    the object, a code fence around it and words behind it are dropped. A repeated object is read once; two different
    ones are no answer.
    """
    if not text.strip():
        raise OutputInvalid("it was empty")
    answer = _behind_thoughts(text[:_MOST_THOUGHTS])
    if len(text) > _MOST_THOUGHTS or len(answer) > _MOST_CHARS:
        raise OutputInvalid("it was too long")
    found = _objects(answer) or (_objects(text[:_MOST_CHARS]) if answer != text else [])
    if not found:
        raise OutputInvalid(_why_none(answer))
    if len(found) > 1:
        found = _distinct(found, schema)
    _check(found[0], schema, place="the answer", depth=0)
    return dict(found[0])


def _behind_thoughts(text: str) -> str:
    lowered = text.lower()
    end = max(lowered.rfind(mark) + len(mark) if mark in lowered else 0 for mark in _ENDS_OF_THOUGHT)
    return text[end:] if len(lowered) == len(text) else text


def _objects(text: str) -> list[Any]:
    """Return the JSON objects in a text, one behind the other; what stands between them is left out.

    A text that begins with a list is one value, so that an object in the list is not taken for the answer.
    """
    bare = text.lstrip("\ufeff\u200b \t\r\n\u00a0")
    if bare.startswith("["):
        value = _value_at(bare, 0)
        return [value[0]] if value else []
    found: list[Any] = []
    at, tries = text.find("{"), _MOST_BEGINS
    while at >= 0 and tries:
        tries -= 1
        value = _value_at(text, at)
        if value:
            found.append(value[0])
        at = text.find("{", value[1] if value else at + 1)
    return found


def _value_at(text: str, at: int) -> tuple[Any, int] | None:
    try:
        value, end = _DECODER.raw_decode(text, at)
    except (ValueError, RecursionError):
        return None
    return value, end


def _distinct(found: list[Any], schema: Mapping[str, Any]) -> list[Any]:
    """Return the objects that fit the schema, if they say the same."""
    fitting = [value for value in found if _fits(value, schema)]
    if any(value != fitting[0] for value in fitting):
        raise OutputInvalid("it gave several answers")
    return fitting or found


def _fits(value: Any, schema: Mapping[str, Any]) -> bool:
    try:
        _check(value, schema, place="the answer", depth=0)
    except OutputInvalid:
        return False
    return True


def _why_none(answer: str) -> str:
    return "it was not valid JSON" if "{" in answer or "[" in answer else "it was not a JSON object"


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


_DECODER: Final = json.JSONDecoder(
    strict=False, parse_constant=_no_constant, parse_int=_integer, parse_float=_finite, object_pairs_hook=_no_repeats
)


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


def number(value: float, *, least: float, most: float) -> float | None:
    """Return `value`, None outside its bounds: a model that leaves the scale did not mean the end of it."""
    return float(value) if least <= value <= most else None


def strings(values: list[str], schema: Mapping[str, Any]) -> list[str]:
    """Return the strings of a list that its schema allows, without repeats."""
    allowed = schema["items"].get("enum")
    kept = [v for v in values[: schema["maxItems"]] if allowed is None or v in allowed]
    return list(dict.fromkeys(kept))
