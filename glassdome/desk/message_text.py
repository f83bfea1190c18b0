"""The words of a message, fetched from the mailbox when somebody asks to see them, and kept nowhere."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from glassdome.core.errors import (
    ActionForbidden,
    NotFound,
    PolicyRefused,
    RateLimited,
    TimedOut,
    UidValidityChanged,
)
from glassdome.core.limits import (
    MAX_LISTED_CHARS,
    MAX_LISTED_HIDDEN,
    MAX_LISTED_LINKS,
    MAX_READ_CHARS,
    MAX_SHOWN_MAIL_BYTES,
    MAX_SHOWN_MAIL_SECONDS,
    MAX_SHOWN_MAILS_AT_ONCE,
)
from glassdome.desk.keys import Caller
from glassdome.desk.services import Services
from glassdome.parse import ShownPiece, parse_message, shown_text
from glassdome.ports.mail import MailSource
from glassdome.values.action import ActionKind
from glassdome.values.agent import PerformedAction
from glassdome.values.analysis import Analysis
from glassdome.values.message import HiddenText, Link, Message, Readable
from glassdome.values.refs import MessageRef

__all__ = ["MessageText", "TextReader"]

#: Folders by use in which a message that is in none of its known places is looked for, by its Message-ID.
_ELSEWHERE: Final = ("INBOX", "\\Junk", "\\Trash", "\\Archive")


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageText:
    """The words that a reader of the mail sees, and those that it keeps from a reader; every list is cut at its limit.

    `place` is where the message is now. `cut` says that the text goes on.
    """

    place: MessageRef
    pieces: tuple[ShownPiece, ...]
    cut: bool
    readable: Readable
    hidden: tuple[HiddenText, ...]
    links: tuple[Link, ...]
    forms: tuple[str, ...]
    remote_images: int
    has_script: bool


class TextReader:
    """Fetches and reads messages for people who look at pages, a few at a time."""

    def __init__(self) -> None:
        """One for all pages of a process."""
        self._room = MAX_SHOWN_MAILS_AT_ONCE

    async def read(self, services: Services, caller: Caller, ref: MessageRef, analysis: Analysis | None) -> MessageText:
        """Return the words of a message; the reading of another's mailbox is audited.

        Raises AccessDenied, PolicyRefused where the mailbox is not to be read, RateLimited, NotFound for a message that
        is in none of its known places, MessageTooLarge, NotAMessage, TransportError, PeerRefused.
        """
        caller.must_see(ref.mailbox)
        if services.source is None:
            raise PolicyRefused("No mail server is set.", fix="Set GLASSDOME_IMAP_HOST, or MAILCOW_API_URL.")
        if not (await services.preferences.get_preferences(ref.mailbox)).chosen:
            raise ActionForbidden("This mailbox is not enabled, so its mail is not read.")
        if self._room < 1:
            raise RateLimited("Other messages are being fetched.", fix="Try again in a moment.", retry_after=2)
        places = _places(ref, await services.actions.of(ref))
        self._room -= 1
        try:
            async with asyncio.timeout(MAX_SHOWN_MAIL_SECONDS):
                place, raw = await _fetch(services.source, places, analysis)
                found = await asyncio.to_thread(read_text, raw, place)
        except TimeoutError as exc:
            raise TimedOut("The mail server took too long.", fix="Try again in a minute.") from exc
        finally:
            self._room += 1
        await _audit(services, caller, place)
        return found


def read_text(raw: bytes, place: MessageRef) -> MessageText:
    """Read the source of a message; raises NotAMessage."""
    message = parse_message(raw)
    pieces, cut = _cut(shown_text(raw, secret=secrets.token_hex(8)))
    return MessageText(
        place=place,
        pieces=pieces,
        cut=cut,
        readable=message.readable,
        hidden=tuple(replace(item, text=item.text[:MAX_LISTED_CHARS]) for item in message.hidden[:MAX_LISTED_HIDDEN]),
        links=_links(message),
        forms=tuple(form.action[:MAX_LISTED_CHARS] for form in message.forms[:MAX_LISTED_HIDDEN]),
        remote_images=message.remote_images,
        has_script=message.has_script,
    )


def _links(message: Message) -> tuple[Link, ...]:
    kept = {(link.url, link.shown): link for link in message.links if link.place != "form"}
    shortened = (
        replace(link, url=link.url[:MAX_LISTED_CHARS], shown=link.shown[:MAX_LISTED_CHARS]) for link in kept.values()
    )
    return tuple(shortened)[:MAX_LISTED_LINKS]


def _cut(pieces: Sequence[ShownPiece]) -> tuple[tuple[ShownPiece, ...], bool]:
    kept: list[ShownPiece] = []
    room = MAX_READ_CHARS
    for piece in pieces:
        if len(piece.text) > room:
            return (*kept, ShownPiece(text=piece.text[:room])), True
        kept.append(piece)
        room -= len(piece.text)
    return tuple(kept), False


def _places(ref: MessageRef, actions: Sequence[PerformedAction]) -> list[MessageRef]:
    """Return where the message may be: the place of the newest move first."""
    moved = [item.moved_to for item in actions if item.action.kind is ActionKind.MOVE and item.moved_to is not None]
    return list(dict.fromkeys([*reversed(moved), ref]))


async def _fetch(
    source: MailSource, places: Sequence[MessageRef], analysis: Analysis | None
) -> tuple[MessageRef, bytes]:
    for place in places:
        with suppress(NotFound, UidValidityChanged):
            return place, await source.fetch(place, max_bytes=MAX_SHOWN_MAIL_BYTES)
    if analysis is not None and analysis.message_id:
        for folder in _ELSEWHERE:
            with suppress(NotFound, UidValidityChanged):
                return await _same_elsewhere(source, analysis, folder)
    raise NotFound("The message is not in the mailbox any more: it was deleted, or moved by hand.")


async def _same_elsewhere(source: MailSource, analysis: Analysis, folder: str) -> tuple[MessageRef, bytes]:
    """Return the message where its owner moved it to; another may bear its Message-ID, so the content must be the same."""
    place = await source.find(analysis.ref.mailbox, folder, f"<{analysis.message_id}>")
    raw = await source.fetch(place, max_bytes=MAX_SHOWN_MAIL_BYTES)
    if (await asyncio.to_thread(parse_message, raw)).content_hash != analysis.content_hash:
        raise NotFound("Another message bears its Message-ID.")
    return place, raw


async def _audit(services: Services, caller: Caller, place: MessageRef) -> None:
    if caller.name == place.mailbox:
        return
    now, facts = services.clock.now(), {"message": str(place)}
    await services.history.audit(actor=caller.name, action="read_text", subject=place.mailbox, facts=facts, now=now)
