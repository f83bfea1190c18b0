"""Composes the draft of an answer: to whom, in which thread, the owner's words around the text, the mail quoted below."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from glassdome.core.scripts import in_its_script
from glassdome.parse.reply_words import subject_mark
from glassdome.replies.manners import MANNERS
from glassdome.values.message import Address, Message
from glassdome.values.outgoing import OutgoingMessage
from glassdome.values.profile import WritingProfile

__all__ = ["ReplyText", "answerable_id", "day_of", "own_message_id", "references_of", "reply_subject", "reply_to"]

#: A Message-ID that may stand in our fields and in an IMAP search (RFC 5322 3.6.4); others write what they like.
_MESSAGE_ID: Final = re.compile(r"[!-;=?A-~]{1,400}@[!-;=?-~]{1,400}", re.ASCII)
#: Lines and characters of the quoted mail, and the line in the place of the rest.
_QUOTED_LINES: Final = 400
_QUOTED_CHARS: Final = 20_000
_CUT: Final = "> [...]"
_SUBJECT_CHARS: Final = 250
_MOST_REFERENCES: Final = 20
#: Addresses that an answer goes to; a person's Reply-To has one.
_MOST_RECIPIENTS: Final = 5
_LONGEST_GREETING: Final = 80
_LONGEST_CLOSING: Final = 40
_LONGEST_NAME: Final = 40
#: The line above a quoted mail, and a day, in a language that we have no words of.
_ATTRIBUTION: Final = "{name}, {day} {time}:"
_DAY: Final = "%Y-%m-%d"
_PART_OF_DAY: Final = re.compile("%[Ymd]")
#: Signs with which a greeting ends, by script.
_GREETED: Final = tuple(",:!，：！،様")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyText:
    """The text of an answer and the circumstances of its writing; `zone` is the owner's."""

    text: str
    mailbox: str
    language: str
    date: datetime
    zone: tzinfo
    profile: WritingProfile | None = None


def answerable_id(message: Message) -> str:
    """Return the mail's Message-ID in angle brackets; empty where it has none that an answer can name."""
    return f"<{message.message_id}>" if _MESSAGE_ID.fullmatch(message.message_id) else ""


def own_message_id(mailbox: str, answers: str, purpose: str) -> str:
    """Return the Message-ID of the one draft of that purpose that answers that mail."""
    digest = hashlib.sha256(f"{purpose}\0{mailbox.lower()}\0{answers}".encode()).hexdigest()
    return f"<{digest[:40]}@{mailbox.rpartition('@')[2]}>"


def reply_to(
    message: Message, answer: ReplyText, *, purpose: str = "reply", greeted: str | None = None
) -> OutgoingMessage:
    """Return the draft that answers `message`, which has a Message-ID that can be named.

    `greeted` is the name in the greeting, None for the author's.
    """
    answers = answerable_id(message)
    name = answer.profile.name if answer.profile is not None else ""
    return OutgoingMessage(
        sender=Address(name=name, addr=answer.mailbox),
        to=(message.reply_to or (message.author,))[:_MOST_RECIPIENTS],
        subject=reply_subject(message.subject),
        text=f"{_in_own_words(answer, message.author.name if greeted is None else greeted)}\n\n{_quoted(message, answer)}\n",
        message_id=own_message_id(answer.mailbox, answers, purpose),
        date=answer.date,
        in_reply_to=answers,
        references=references_of(message),
    )


def reply_subject(subject: str) -> str:
    """Return the subject with one `Re: ` in front, in place of what other languages write (RFC 5322 3.6.5)."""
    if subject[:3].lower() == "re:":
        return subject[:_SUBJECT_CHARS]
    kind, bare = subject_mark(subject)
    return f"Re: {bare if kind == 'reply' else subject}".rstrip()[:_SUBJECT_CHARS]


def references_of(message: Message) -> tuple[str, ...]:
    """Return the thread as RFC 5322 3.6.4 has it: the mail's References, else its In-Reply-To, then the mail itself."""
    above = message.references or (message.in_reply_to if len(message.in_reply_to) == 1 else ())
    return tuple(f"<{each}>" for each in above[-_MOST_REFERENCES:] if _MESSAGE_ID.fullmatch(each))


def _quoted(message: Message, answer: ReplyText) -> str:
    lines = message.text[:_QUOTED_CHARS].strip("\n").split("\n")
    cut = [_CUT] if len(lines) > _QUOTED_LINES or len(message.text) > _QUOTED_CHARS else []
    quoted = [f">{line}" if line.startswith(">") else f"> {line}".rstrip() for line in lines[:_QUOTED_LINES]]
    return "\n".join([_attribution(message, answer), *quoted, *cut])


def _attribution(message: Message, answer: ReplyText) -> str:
    words = MANNERS.get(in_its_script(answer.language, answer.text))
    name = message.author.name[:_LONGEST_GREETING] or message.author.addr
    time = _sent_at(message, answer).strftime("%H:%M")
    attribution = words.attribution if words is not None else _ATTRIBUTION
    return attribution.format(day=day_of(message, answer), time=time, name=name)


def day_of(message: Message, answer: ReplyText) -> str:
    """Return the day of a mail as the answer's language writes it."""
    words = MANNERS.get(in_its_script(answer.language, answer.text))
    sent = _sent_at(message, answer)
    # A whole pattern with letters of other scripts would ask the system's locale whether it knows them.
    return _PART_OF_DAY.sub(lambda part: sent.strftime(part.group()), words.day if words is not None else _DAY)


def _sent_at(message: Message, answer: ReplyText) -> datetime:
    return (message.date or message.received or answer.date).astimezone(answer.zone)


def _in_own_words(answer: ReplyText, name: str) -> str:
    """Return the text with the owner's greeting and sign-off in the place of its own."""
    profile = answer.profile
    text = answer.text.replace("\r\n", "\n").strip()
    if profile is None:
        return text
    parts = [part.strip() for part in re.split(r"\n\n+", text)]
    if profile.greeting and len(parts) > 1 and _is_greeting(parts[0]):
        parts[0] = _greeting(profile, name)
    if profile.sign_off:
        if len(parts) > 2 and _is_closing(parts[-1]):
            parts.pop()
        parts.append("\n".join(profile.sign_off))
    return "\n\n".join(parts)


def _greeting(profile: WritingProfile, name: str) -> str:
    words = name.split() if _is_name(name) else []
    shown = {"first": words[:1], "full": words, "none": []}[profile.naming]
    return " ".join((profile.greeting, *shown)) + profile.ends


def _is_name(name: str) -> bool:
    """Return whether a display name can be greeted with; it is the sender's to choose, and may be anything."""
    return len(name) <= _LONGEST_NAME and all(each.isalpha() or each in " -'\u2019" for each in name)


def _is_greeting(part: str) -> bool:
    return "\n" not in part and len(part) <= _LONGEST_GREETING and part[-1:] in _GREETED


def _is_closing(part: str) -> bool:
    lines = part.split("\n")
    return len(lines) <= 3 and all(len(line) <= _LONGEST_CLOSING for line in lines) and part[-1] not in ".?!:"
