"""The mail as the model reads it: header lines, links, attachments and text, each within its bound."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from glassdome.engine.prompt.cut import cut_text, shorten_runs
from glassdome.engine.prompt.privacy import View
from glassdome.values.message import Address, Attachment, Message

__all__ = ["attachment_lines", "body", "harmless", "header_lines", "link_lines"]

_SHOWN_ADDRESSES: Final = 5
_ADDRESS_CHARS: Final = 120
_SUBJECT_CHARS: Final = 300
_SHOWN_LINKS: Final = 15
_LINK_CHARS: Final = 100
_SHOWN_ATTACHMENTS: Final = 10
_SHOWN_MEMBERS: Final = 5
_ATTACHMENT_CHARS: Final = 1_000
#: A text of at most so many characters points at its attachment, which may then be as long as a letter is.
_SHORT_TEXT: Final = 400
_LETTER_CHARS: Final = 4_000

#: Words with a meaning of their own to a chat template: a tokenizer would end our message at them.
_SPECIAL = re.compile(
    r"<(?=[|\uff5c]|/?(?:s|unk|bos|eos|pad|start_of_turn|end_of_turn|think|tool_call)>|</?SYS>>)|[|\uff5c](?=>)"
    r"|\[(?=/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\])",
    re.IGNORECASE,
)
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)


def harmless(text: str) -> str:
    """Return `text` without invisible characters and with the words of chat templates broken by a blank."""
    return _SPECIAL.sub(r"\g<0> ", _CONTROL.sub("", text))


def _line(text: str, chars: int) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= chars else f"{flat[:chars]}[...]"


def _addresses(addresses: Sequence[Address], view: View) -> str:
    shown = [_line(view.veiled(str(a)), _ADDRESS_CHARS) for a in addresses[:_SHOWN_ADDRESSES]]
    more = len(addresses) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def header_lines(message: Message, view: View) -> Iterator[str]:
    """Yield the header fields that matter to a reader."""
    for name, addresses in (
        ("From", message.header_from),
        ("Reply-To", message.reply_to),
        ("To", message.to),
        ("Cc", message.cc),
    ):
        if addresses:
            yield f"{name}: {_addresses(addresses, view)}"
    if message.date is not None:
        yield f"Date: {message.date:%Y-%m-%d %H:%M %z}".rstrip()
    yield f"Subject: {_line(view.subject, _SUBJECT_CHARS)}"


def link_lines(message: Message, view: View) -> Iterator[str]:
    """Yield where links whose shown text is not their address lead, each host once per text."""
    named = [(link.shown, link.host, link.url) for link in message.links if link.shown and link.host]
    unlike = dict.fromkeys((shown, host or url) for shown, host, url in named if shown not in (url, host))
    for shown, host in list(unlike)[:_SHOWN_LINKS]:
        yield f"Link: {_line(view.veiled(shown), _LINK_CHARS)} -> {_line(view.veiled(host), _LINK_CHARS)}"
    if len(unlike) > _SHOWN_LINKS:
        yield f"[{len(unlike) - _SHOWN_LINKS} more links]"


def attachment_lines(message: Message, view: View) -> Iterator[str]:
    """Yield name, true type, size and archive members of each attachment; names count as header fields."""
    real = [a for a in message.attachments if not a.inline]
    yield from (f"Attachment: {view.veiled(_attachment(a))}" for a in real[:_SHOWN_ATTACHMENTS])
    if len(real) > _SHOWN_ATTACHMENTS:
        yield f"[{len(real) - _SHOWN_ATTACHMENTS} more attachments]"


def _attachment(a: Attachment) -> str:
    said = f"{_line(a.filename, _LINK_CHARS) or 'unnamed'} ({a.true_type or a.declared_type}, {a.size} bytes)"
    members = ", ".join(_line(m, _LINK_CHARS) for m in a.members[:_SHOWN_MEMBERS])
    return said + (f", holding: {members}" if members else "") + (", encrypted" if a.encrypted else "")


def body(view: View, *, chars: int, tokens: int, count: Callable[[str], int]) -> str:
    """Return text and attachment texts within the budget; the text comes first, attachments share what it leaves."""
    if not view.body:
        return "[the text is not shown: this mailbox lets a model see header fields only]"
    text = cut_text(view.text, reply=view.reply, chars=chars, tokens=tokens, count=count)
    pieces = [text]
    left_chars, left_tokens = chars - len(text), tokens - count(text)
    most = _LETTER_CHARS if len(view.text.strip()) <= _SHORT_TEXT else _ATTACHMENT_CHARS
    for number, found in enumerate(view.attachments):
        allowed = min(most, left_chars)
        if not found.strip() or allowed < 80 or left_tokens < 80:
            continue
        # The heading costs up to 20 tokens.
        piece = cut_text(shorten_runs(found), reply=None, chars=allowed, tokens=left_tokens - 20, count=count)
        pieces.append(f"\n[text of attachment {number + 1}]\n{piece}")
        left_chars, left_tokens = left_chars - len(piece), left_tokens - count(pieces[-1])
    return "\n".join(pieces)
