"""Reads and judges the files of tests/data/reports."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from glassdome.parse import parse_message
from glassdome.pipeline.process import classify
from glassdome.signals import detect
from glassdome.values.context import Context
from glassdome.values.message import Message
from glassdome.values.verdict import Verdict

__all__ = ["FOLDER", "OURS", "context", "hits", "judged", "parsed", "raw"]

FOLDER = Path(__file__).parents[2] / "data" / "reports"
OURS = frozenset({"mail.example.org"})


def context(**facts: Any) -> Context:
    """A context at a fixed time."""
    return Context(now=datetime(2026, 6, 1, tzinfo=UTC), **facts)


def raw(name: str) -> bytes:
    """The bytes of one input."""
    return (FOLDER / f"{name}.eml").read_bytes()


def parsed(source: str | bytes) -> Message:
    """An input by its name, or bytes, parsed as our server's mail."""
    return parse_message(source if isinstance(source, bytes) else raw(source), authserv_ids=OURS)


def hits(source: str | bytes, **facts: Any) -> set[str]:
    """The names of the signals that are hits."""
    return {signal.name for signal in detect(parsed(source), context(**facts)) if signal.hit}


def judged(source: str | bytes, **facts: Any) -> Verdict:
    """The built-in verdict."""
    data = source if isinstance(source, bytes) else raw(source)
    return classify(data, context(**facts), authserv_ids=OURS)
