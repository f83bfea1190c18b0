"""The facts that our own server established about a mail, in words a mail cannot have written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from glassdome.values.context import Context
from glassdome.values.message import Message
from glassdome.values.signal import Signal

__all__ = ["fact_lines"]

_METHODS = ("dmarc", "dkim", "spf")
_RESULTS = frozenset(["pass", "fail", "softfail", "neutral", "none", "policy", "temperror", "permerror"])
#: Names of findings given to the model; the worst mails have 30.
_MOST_SIGNALS = 20


def fact_lines(message: Message, *, signals: Sequence[Signal], context: Context) -> tuple[str, ...]:
    """Return one line per fact: closed words and numbers only, so that no text of the mail gets in here."""
    return (*_authentication(message), *_history(context), *_kind(message), *_found(signals))


def _authentication(message: Message) -> Iterator[str]:
    if not message.authentication.trusted:
        yield "sender checks: not known"
        return
    for method in _METHODS:
        best = message.authentication.best(method)
        word = best.result if best is not None and best.result in _RESULTS else "none"
        same = best is not None and bool(best.domain) and _aligned(best.domain, message.author.domain)
        yield f"{method}: {word}{', for the domain shown in From' if word == 'pass' and same else ''}"


def _aligned(checked: str, shown: str) -> bool:
    return checked == shown or checked.endswith(f".{shown}") or shown.endswith(f".{checked}")


def _history(context: Context) -> Iterator[str]:
    if not context.known:
        return
    sender = context.sender
    yield (
        f"earlier mails from this address: {sender.seen}, authenticated: {sender.authenticated}, "
        f"answered by the reader: {sender.replied}, called junk by the reader: {sender.junked}"
    )


def _kind(message: Message) -> Iterator[str]:
    if message.lists.is_list:
        yield "sent by a mailing list or newsletter: yes"
    if message.lists.is_automatic:
        yield "sent by a program, by its own word: yes"
    if message.hidden:
        yield f"text hidden from the reader: {', '.join(sorted({h.how for h in message.hidden}))}"
    if message.forms:
        yield f"forms: {len(message.forms)}, asking for a password: {sum(f.asks_password for f in message.forms)}"


def _found(signals: Sequence[Signal]) -> Iterator[str]:
    names = sorted({s.name for s in signals if s.hit})[:_MOST_SIGNALS]
    yield f"findings of the program: {', '.join(names) or 'none'}"
