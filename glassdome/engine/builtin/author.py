"""Return whether a person, somebody behind a role address, or a machine wrote a message."""

from __future__ import annotations

import re
from enum import StrEnum
from itertools import pairwise
from typing import Final

from glassdome.engine.builtin.words import fold, words_of
from glassdome.values.ask import Relation, Standing
from glassdome.values.message import Message

__all__ = ["Author", "author_kind", "has_machine_address", "is_signed_below"]


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
#: Words of offices and of what they do, which are nobody's name; folded.
_ROLES: Final = frozenset(
    ("support", "service", "services", "info", "team", "office", "sales", "contact", "hello", "help", "care", "customer",
     "your", "the", "ihr", "ihre", "euer", "dein", "das", "kundenservice", "kundendienst", "buero", "buro", "verwaltung", "praxis", "sekretariat",
     "votre", "notre", "equipe", "le", "la", "les", "assistance", "secretariat", "mairie", "accueil",
     "su", "tu", "el", "los", "equipo", "atencion", "soporte", "asistencia", "secretaria", "oficina", "departamento",
     "il", "lo", "vostra", "vostro", "tua", "tuo", "assistenza", "servizio", "ufficio", "segreteria", "mensa", "direzione", "staff",
     "het", "je", "uw", "jouw", "klantenservice", "klantendienst", "afdeling", "administratie", "redactie",
     "a", "o", "sua", "seu", "equipa", "apoio", "suporte", "atendimento", "servico", "escritorio", "gabinete",
     "clienti", "clientes", "clients", "kunden", "klanten", "customers", "club", "verein", "bank", "insurance", "university", "department", "society", "relations", "council", "gmbh", "ltd", "ag", "sa", "srl", "bv", "inc")
)  # fmt: skip
#: Words above a signature, in seven languages; folded.
_CLOSING: Final = re.compile(
    r"(?:(?:mit )?(?:freundliche[nm]?|viele[nm]?|beste[nm]?|herzliche[nm]?|liebe[nm]?|schone[nm]?) gr\w+|kind|best|warm|regards|yours|sincerely|many thanks|cheers"
    r"|(?:bien |tres )?cordialement|bien a vous|sinceres salutations|salutations|un (?:cordial )?saludo|saludos|atentamente|cordialmente"
    r"|cordiali saluti|distinti saluti|un saluto|saluti|(?:met )?(?:vriendelijke|hartelijke) groet\w*|groet\w*"
    r"|(?:com os )?(?:melhores )?cumprimentos|atenciosamente|um abraco|abracos)\b"
)
#: Characters and lines at the end of a letter in which its writer signs.
_END_CHARS: Final = 400
_LAST_LINES: Final = 6
#: Hosts of mailboxes that sign in addition to their customers.
_MAIL_HOSTS: Final = ("gappssmtp.com", "onmicrosoft.com", "messagingengine.com", "outlook.com")
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
    if _is_sent_by_mailer(message):
        return Author.MACHINE
    if is_signed_below(message):
        return Author.PERSON
    if relation == "organization" and (message.has_html or message.links) and not _is_signed_by_somebody(message):
        return Author.MACHINE
    return Author.ROLE


def _is_signed_by_name(message: Message) -> bool:
    """The address holds a part of the display name: hanne.lorentz@ for Hanne Lorentz, h.lorentz@lorentz.example too."""
    author = message.author
    words = words_of(author.name)
    names = [word for word in words if len(word) >= _SHORTEST_NAME]
    address = "".join(words_of(author.local_part))
    host = "".join(words_of(author.domain))
    if any(name in address and name not in host and name not in _ROLES for name in names):
        return True
    if len(names) > 1 and names[0] == address and host.startswith("".join(words)):
        return True
    initials = {word[0] for word in words if len(word) > 1}
    return len(names) > 1 and any(address in (f"{i}{name}", f"{name}{i}") for i in initials for name in names)


def _last_lines(message: Message) -> list[str]:
    return [line.strip() for line in message.new_text[-_END_CHARS:].splitlines() if line.strip()][-_LAST_LINES:]


def _is_signed_by_somebody(message: Message) -> bool:
    """A closing, and below it two or three words that may be a name; no team, and no "Your bank"."""
    lines = _last_lines(message)
    for closing, name in pairwise(lines):
        words = name.split()
        if _CLOSING.match(fold(closing)) and 2 <= len(words) <= 3 and all(word[:1].isupper() for word in words):
            return not _ROLES & {*words_of(name)}
    return False


def is_signed_below(message: Message) -> bool:
    """Return whether one of the last lines is the name of the sender, or the first of its names: a person signed."""
    names = words_of(message.author.name)
    host = "".join(words_of(message.author.domain))
    if len(names) < 2 or _ROLES & {*names} or all(name in host for name in names if len(name) >= _SHORTEST_NAME):
        return False
    lines = [words_of(line) for line in _last_lines(message)]
    return any(words in (names, names[:1]) and names[0] not in host for words in lines)


def _is_sent_by_mailer(message: Message) -> bool:
    """Another domain signed in addition to the author's own: a mailing service, which carries no letters of people."""
    signers = {r.domain for r in message.authentication.results if r.method == "dkim" and r.result == "pass"}
    own = {
        name
        for name in signers
        if name and (message.author.domain.endswith(name) or name.endswith(message.author.domain))
    }
    return bool(own) and any(not name.endswith(_MAIL_HOSTS) for name in signers - own if name)
