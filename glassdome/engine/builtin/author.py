"""Return whether a person, somebody behind a role address, or a machine wrote a message."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from glassdome.engine.builtin.words import fold, words_of
from glassdome.values.ask import Relation, Standing
from glassdome.values.message import Message

__all__ = ["Author", "author_kind", "has_machine_address"]


class Author(StrEnum):
    """PERSON signs with a name of its own, ROLE is an office or a firm, MACHINE reads no answer."""

    PERSON = "person"
    ROLE = "role"
    MACHINE = "machine"


#: Local parts of programs, in the languages in which they are common; folded.
_MACHINE: Final = re.compile(
    r"(?:.{0,30}[-_.+])??(?:no[-_.]?reply|do[-_.]?not[-_.]?reply|not[-_.]?reply|nao[-_.]?responda|ne[-_.]?pas[-_.]?repondre"
    r"|no[-_.]?responder?|non[-_.]?rispondere|niet[-_.]?(?:beantwoorden|antwoorden)|nicht[-_.]?antworten|keine[-_.]?antwort"
    r"|svar[-_.]?ej|ikke[-_.]?svar|nie[-_.]?odpowiadaj|neodpovidat|ala[-_.]?vastaa|notifications?|notify|notificac\w+|alerts?"
    r"|automail\w*|auto[-_.]?\w+|mailer(?:-daemon)?|postmaster|bounces?|automated|system|robot|cron|root|daemon|news(?:letter)?s?"
    r"|updates?|order\w*[-_.](?:acknowledg|confirm|update)\w*|account[-_.]?update|accounts?[-_.]?security|digest|marketing|promo\w*"
    r"|mailing|campaigns?|dse|billing|invoice\+statements|statements?|receipts?|service[-_.]?updates?)(?:[-_.+@\d].{0,30})?",
)
#: Who speaks for a firm or a state, not for itself.
_ORGANIZATIONS: Final[frozenset[Relation]] = frozenset(("brand", "public", "platform"))
#: Parts of a name shorter than this prove nothing about an address.
_SHORTEST_NAME: Final = 3


def has_machine_address(message: Message) -> bool:
    """Return whether the author's address is one that programs write from."""
    return bool(_MACHINE.fullmatch(fold(message.author.local_part[:64])))


def author_kind(message: Message, standing: Standing | None = None) -> Author:
    """Return who wrote the message, as far as its header and the author's `standing` tell.

    An organization is a machine until it writes in a conversation: a support desk answers from its role address.
    """
    lists = message.lists
    if (
        message.report is not None
        or lists.is_automatic
        or message.mail_from == ""
        or (lists.is_list and not lists.list_post and (lists.unsubscribe or not _is_signed_by_name(message)))
    ):
        return Author.MACHINE
    if has_machine_address(message):
        return Author.MACHINE
    if message.in_reply_to:
        return Author.PERSON
    relation = standing.relation if standing is not None else "person"
    if _is_signed_by_name(message) or relation in ("free", "known"):
        return Author.PERSON
    if relation in _ORGANIZATIONS:
        return Author.ROLE if relation == "platform" and message.author.local_part[:1].isdigit() else Author.MACHINE
    if relation == "organization" and (message.has_html or message.links):
        return Author.MACHINE
    return Author.ROLE


def _is_signed_by_name(message: Message) -> bool:
    """The address holds a part of the name beside it: hanne.lorentz@ for Hanne Lorentz."""
    author = message.author
    names = [word for word in words_of(author.name) if len(word) >= _SHORTEST_NAME]
    address = "".join(words_of(author.local_part))
    host = "".join(words_of(author.domain))
    return len(names) >= 1 and any(name in address and name not in host for name in names)
