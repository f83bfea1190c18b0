"""Answers a test's model server gives: valid ones made of the mail it was shown, and the ways an answer goes wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

__all__ = ["BROKEN_ANSWERS", "answer_of", "mail_in", "reading"]

_MAIL = re.compile(r"-----BEGIN MAIL (?P<word>\w+)-----\n(?P<mail>.*)\n-----END MAIL (?P=word)-----", re.DOTALL)


def mail_in(user: str) -> str:
    """Return what stands between the boundary lines of a prompt."""
    found = _MAIL.search(user)
    return found["mail"] if found else ""


def reading(**changed: Any) -> dict[str, Any]:
    """Return a valid reading with the fields given."""
    return {
        "language": "en",
        "summary": "The sender asks the reader for an answer about the meeting.",
        "phishing_reasons": [],
        "action_items": [],
        "sensitive_types": [],
        "categories": ["work"],
        "tags": ["meeting"],
        "spam": 3,
        "phishing": 4,
        "priority": 5,
    } | changed


def answer_of(system: str, user: str, schema: Mapping[str, Any] | None = None) -> str:
    """Return the valid answer of a model that copies its quotations from the mail; a draft where that is asked for."""
    if "You draft a reply" in system:
        return json.dumps({"needed": True, "reply": "Thank you for your mail. I will answer by [date]."})
    words = [w for w in mail_in(user).partition("\n\n")[2].split() if w.isascii()][:8]
    items = [{"text": "Answer the mail", "quote": " ".join(words), "due": ""}] if words else []
    return json.dumps(reading(action_items=items))


#: Name of a fault and the text a model gives for it; each must be refused or made harmless.
BROKEN_ANSWERS: Final[Mapping[str, Callable[[], str]]] = {
    "not json": lambda: "I think this is a nice mail.",
    "cut off": lambda: json.dumps(reading())[:-20],
    "a list": lambda: json.dumps([reading()]),
    "missing field": lambda: json.dumps({k: v for k, v in reading().items() if k != "phishing"}),
    "extra field": lambda: json.dumps(reading(tool="send_mail")),
    "field twice": lambda: json.dumps(reading())[:-1] + ', "phishing": 0}',
    "infinite number": lambda: json.dumps(reading()).replace('"phishing": 4', '"phishing": 84.9E267002'),
    "not a number": lambda: json.dumps(reading(phishing=float("nan"))),
    "endless digits": lambda: json.dumps(reading()).replace('"phishing": 4', f'"phishing": {"9" * 9000}'),
    "number as text": lambda: json.dumps(reading(phishing="4")),
    "true as number": lambda: json.dumps(reading(phishing=True)),
    "null": lambda: json.dumps(reading(summary=None)),
    "deeply nested": lambda: "[" * 5000 + "]" * 5000,
    "far too long": lambda: json.dumps(reading(summary="a" * 100_000)),
}
