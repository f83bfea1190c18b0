"""JSON schemas of a model's answer; their properties stand in the order in which they must be written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from glassdome.core import limits
from glassdome.engine.builtin.categories import CATEGORIES

__all__ = ["READING_SCHEMA", "REPLY_SCHEMA", "SENSITIVE_TYPES", "THREAD_SCHEMA"]

#: Kinds of sensitive data a model may name: what it can see by meaning, where the recognisers need a form.
SENSITIVE_TYPES: Final = (
    "bank_account", "credit_card", "credentials", "one_time_code", "identity_document", "national_id", "tax",
    "health", "legal", "salary", "personal_data", "trade_secret", "contract",
)  # fmt: skip
#: Items asked of the model; fewer than are stored, since each costs time to write.
_ASKED_REASONS: Final = 5
_ASKED_ITEMS: Final = 5
_ASKED_TAGS: Final = 5
_ASKED_CATEGORIES: Final = 3
_TAG_CHARS: Final = 24
_DUE_CHARS: Final = 40
#: llama.cpp turns a length into that many repetitions of a rule and refuses a grammar with too many (1,200 already).
_REPLY_CHARS: Final = min(1_000, limits.MAX_REPLY_CHARS)


def _text(chars: int) -> dict[str, Any]:
    return {"type": "string", "maxLength": chars}


def _whole(least: int, most: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": least, "maximum": most}


def _list(items: Mapping[str, Any], most: int) -> dict[str, Any]:
    return {"type": "array", "items": dict(items), "maxItems": most}


def _object(**properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: dict(shape) for name, shape in properties.items()},
        "required": list(properties),
        "additionalProperties": False,
    }


#: One answer for everything. Evidence stands before scores: a model that has quoted its grounds scores better.
READING_SCHEMA: Final[Mapping[str, Any]] = _object(
    language=_text(8),
    summary=_text(limits.MAX_SUMMARY_CHARS),
    phishing_reasons=_list(
        _object(why=_text(limits.MAX_PHRASE_CHARS), quote=_text(limits.MAX_PHRASE_CHARS)), _ASKED_REASONS
    ),
    action_items=_list(
        _object(text=_text(limits.MAX_PHRASE_CHARS), quote=_text(limits.MAX_PHRASE_CHARS), due=_text(_DUE_CHARS)),
        _ASKED_ITEMS,
    ),
    sensitive_types=_list({"type": "string", "enum": list(SENSITIVE_TYPES)}, len(SENSITIVE_TYPES)),
    categories=_list({"type": "string", "enum": list(CATEGORIES)}, _ASKED_CATEGORIES),
    tags=_list(_text(_TAG_CHARS), _ASKED_TAGS),
    spam=_whole(0, 100),
    phishing=_whole(0, 100),
    priority=_whole(1, 10),
)

REPLY_SCHEMA: Final[Mapping[str, Any]] = _object(needed={"type": "boolean"}, reply=_text(_REPLY_CHARS))

THREAD_SCHEMA: Final[Mapping[str, Any]] = _object(summary=_text(limits.MAX_SUMMARY_CHARS))
