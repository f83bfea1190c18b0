"""Mails and facts for the tests of prompt and engine."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from glassdome.engine.llm.schema import READING_SCHEMA
from glassdome.engine.prompt.build import BuiltPrompt, PromptBudget, build_prompt
from glassdome.engine.prompt.tokens import TokenScale
from glassdome.engine.prompt.version import READING, load_version
from glassdome.values.context import Context
from glassdome.values.message import Address, Message
from glassdome.values.opinion import Opinion
from glassdome.values.preferences import EngineAccess, Preferences
from glassdome.values.signal import SensitiveFinding

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BUILTIN = Opinion(engine="builtin", summary="The built-in summary.", categories=("work",), language="en")


def mail(text: str = "Please send the report by Friday.", **parts: Any) -> Message:
    """Return a mail from Ann to Bob."""
    ann = Address(name="Ann", addr="ann@example.org")
    whole: dict[str, Any] = {"subject": "Report", "header_from": (ann,), "to": (Address(addr="bob@example.net"),)}
    return Message(**whole | {"text": text, "new_text": text} | parts)


def context(access: EngineAccess = EngineAccess.FULL, language: str = "") -> Context:
    """Return facts of a mailbox that lets a model see `access`."""
    wishes = Preferences(username="bob@example.net", engine_access=access, summary_language=language)
    return Context(now=NOW, mailbox="bob@example.net", preferences=wishes)


def finding(text: str, value: str, kind: str = "iban") -> SensitiveFinding:
    """Return the finding of `value` in `text`."""
    start = text.index(value)
    return SensitiveFinding(type=kind, start=start, end=start + len(value), masked="****")


def prompt(message: Message, **parts: Any) -> BuiltPrompt:
    """Build a reading's prompt, boundary `feed`."""
    whole: dict[str, Any] = {
        "version": load_version(READING),
        "schema": READING_SCHEMA,
        "signals": (),
        "sensitive": (),
        "context": context(),
        "budget": PromptBudget(context_tokens=8192, answer_tokens=900, mail_chars=6000),
        "scale": TokenScale(),
        "boundary": "feed",
    }
    return build_prompt(message, **whole | parts)
