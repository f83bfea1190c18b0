"""All attachments of a message, those of forwarded messages in it included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from glassdome.core.limits import MAX_ATTACHMENT_TEXT_CHARS, MAX_ATTACHMENTS
from glassdome.parse.attachment import read_attachment
from glassdome.parse.body import Body, read_body
from glassdome.parse.encoded_words import decode_words
from glassdome.parse.fields import first
from glassdome.parse.sorting import sort_parts
from glassdome.parse.state import ParseState
from glassdome.parse.structure import Part, parse_structure
from glassdome.values.message import Attachment, Link

__all__ = ["read_attachments"]


def read_attachments(
    parts: list[Part], body: Body, state: ParseState, returned: Sequence[Part] = ()
) -> tuple[Attachment, ...]:
    """Read every attachment; the links and forms in them are added to `body`, marked as such.

    The attachments of the `returned` parts, the mail that a delivery report returns, come last and are marked too.
    """
    found: list[Attachment] = []
    _read([part for part in parts if part not in returned], found, body, state)
    before = len(found), len(body.links), len(body.forms)
    _read([part for part in parts if part in returned], found, body, state)
    _mark_returned(found, body, before)
    if len(found) > MAX_ATTACHMENTS:
        state.add("too_many_attachments", f"more than {MAX_ATTACHMENTS}")
    return tuple(found[:MAX_ATTACHMENTS])


def _mark_returned(found: list[Attachment], body: Body, before: tuple[int, int, int]) -> None:
    attachments, links, forms = before
    found[attachments:] = [replace(item, returned=True) for item in found[attachments:]]
    body.links[links:] = [replace(link, place="returned") for link in body.links[links:]]
    body.forms[forms:] = [replace(form, returned=True) for form in body.forms[forms:]]


def _read(parts: list[Part], found: list[Attachment], body: Body, state: ParseState) -> None:
    for part in parts:
        if len(found) > MAX_ATTACHMENTS:
            return
        attachment, inside = read_attachment(part, state)
        found.append(attachment)
        body.links += inside.links
        body.forms += inside.forms
        inner = part.children[0] if part.children else _attached_message(part, state)
        if inner is not None:
            _open(inner, found, body, state)


def _attached_message(part: Part, state: ParseState) -> Part | None:
    """Return the message in a file of the name `.eml`; report buttons and gateways attach it as mere bytes."""
    if not part.filename.lower().endswith((".eml", ".email")) or state.parts <= 0:
        return None
    state.parts -= 1
    inner = parse_structure(part.content(state), state)
    return inner if any(field.name in ("from", "subject", "received", "date") for field in inner.fields) else None


def _open(message: Part, found: list[Attachment], body: Body, state: ParseState) -> None:
    """Read a forwarded message: its text belongs to the attachment, its own attachments follow it."""
    parts = sort_parts(message)
    inner = read_body(parts, state)
    heads = [(name, decode_words(first(message.fields, name.lower()), state)) for name in ("From", "Subject", "Date")]
    text = "\n".join(f"{name}: {value}" for name, value in heads if value) + "\n\n" + inner.text
    found[-1] = replace(found[-1], text=text[:MAX_ATTACHMENT_TEXT_CHARS])
    body.links += [Link(url=link.url, shown=link.shown, place="attachment", host=link.host) for link in inner.links]
    body.forms += inner.forms
    _read(parts.attached, found, body, state)
