"""Short ways to write the messages and contexts of these tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from glassdome.signals import detect
from glassdome.values.context import Context
from glassdome.values.message import Address, Authentication, AuthResult, HeaderField, Link, Message
from glassdome.values.signal import Outcome, Signal

__all__ = ["context", "found", "hits", "mail", "verified"]


def context(**facts: Any) -> Context:
    """A context at a fixed time."""
    return Context(now=datetime(2026, 1, 2, tzinfo=UTC), **facts)


def mail(sender: str = "Ann <ann@shop.example>", **facts: Any) -> Message:
    """A message from `Name <address>`; links are URLs or (URL, shown text)."""
    name, _, addr = sender.rpartition("<")
    links = tuple(
        Link(url=item) if isinstance(item, str) else Link(url=item[0], shown=item[1]) for item in facts.pop("links", ())
    )
    author = Address(name=name.strip(), addr=addr.rstrip(">"))
    headers = (HeaderField(name="From", value=sender), *facts.pop("headers", ()))
    return Message(header_from=facts.pop("header_from", (author,)), links=links, headers=headers, **facts)


def verified(*results: str, trusted: bool = True) -> Authentication:
    """Authentication results written as `spf=pass shop.example`."""
    parsed = []
    for text in results:
        verdict, _, domain = text.partition(" ")
        method, _, result = verdict.partition("=")
        parsed.append(AuthResult(method=method, result=result, domain=domain))
    return Authentication(authserv_id="mx.example.org", trusted=trusted, results=tuple(parsed))


def found(message: Message, name: str, around: Context | None = None) -> Signal:
    """The one signal of that name."""
    return next(signal for signal in detect(message, around or context()) if signal.name == name)


def hits(message: Message, around: Context | None = None) -> set[str]:
    """The names of all hits; no detector may have failed."""
    signals = detect(message, around or context())
    assert not [s.name for s in signals if s.outcome is Outcome.TEMP_ERROR]
    return {signal.name for signal in signals if signal.hit}
