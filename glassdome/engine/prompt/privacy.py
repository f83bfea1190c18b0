"""Limits how much of a mail the model may see: the one decision of the privacy budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from glassdome.core.errors import PolicyRefused
from glassdome.values.masking import mask_text
from glassdome.values.message import Message
from glassdome.values.preferences import EngineAccess
from glassdome.values.signal import SensitiveFinding

__all__ = ["View", "sensitive_values", "veil", "view"]

#: Shorter values are too common to be replaced wherever they occur.
_SHORTEST_VALUE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A mail as the model may see it; `reply` is the length of the new text where `text` begins with it, else None."""

    subject: str
    text: str
    reply: int | None
    attachments: tuple[str, ...]
    hidden_parts: tuple[tuple[str, str], ...] = ()
    body: bool = True

    def veiled(self, text: str) -> str:
        """Return other text of the mail (names, addresses, links) under the same rule."""
        return veil(text, self.hidden_parts)


def view(message: Message, *, access: EngineAccess, sensitive: Sequence[SensitiveFinding]) -> View:
    """Return what `access` lets out; raises PolicyRefused for `never`."""
    if access is EngineAccess.NEVER:
        raise PolicyRefused("This mailbox's mail is never shown to a language model.")
    reply = len(message.new_text) if message.new_text and message.text.startswith(message.new_text) else None
    texts = tuple(a.text for a in message.attachments)
    if access is EngineAccess.FULL:
        return View(subject=message.subject, text=message.text, reply=reply, attachments=texts)
    values = sensitive_values(message, sensitive)
    subject = veil(mask_text(message.subject, sensitive, where="subject"), values)
    if access is EngineAccess.HEADERS:
        return View(subject=subject, text="", reply=None, attachments=(), hidden_parts=values, body=False)
    text, reply = _masked_body(message.text, reply, sensitive, values)
    masked = tuple(veil(mask_text(t, sensitive, where=f"attachment:{n}"), values) for n, t in enumerate(texts))
    return View(subject=subject, text=text, reply=reply, attachments=masked, hidden_parts=values)


def _masked_body(
    text: str, reply: int | None, sensitive: Sequence[SensitiveFinding], values: tuple[tuple[str, str], ...]
) -> tuple[str, int | None]:
    whole = veil(mask_text(text, sensitive), values)
    if reply is None:
        return whole, None
    start = veil(mask_text(text[:reply], sensitive), values)
    # A finding that straddles the border masks differently: then there is no border to cut at.
    return whole, len(start) if whole.startswith(start) else None


def sensitive_values(message: Message, sensitive: Sequence[SensitiveFinding]) -> tuple[tuple[str, str], ...]:
    """Return each sensitive value as written, with its type, longest first."""
    found = {_source(message, f.where)[f.start : f.end]: f.type for f in sensitive}
    return tuple(sorted(((v, t) for v, t in found.items() if len(v) >= _SHORTEST_VALUE), key=lambda x: -len(x[0])))


def _source(message: Message, where: str) -> str:
    if where == "subject":
        return message.subject
    kind, _, number = where.partition(":")
    if kind == "attachment" and number.isdigit() and int(number) < len(message.attachments):
        return message.attachments[int(number)].text
    return message.text if where == "text" else ""


def veil(text: str, values: Sequence[tuple[str, str]]) -> str:
    """Return `text` with every occurrence of a sensitive value replaced by its type in brackets."""
    for value, kind in values:
        text = text.replace(value, f"[{kind}]")
    return text
