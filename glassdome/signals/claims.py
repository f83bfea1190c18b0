"""Find who a mail claims to be from: a brand, an authority, an organization with a name of its own, a person."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from glassdome.signals.brand_names import claimed_brand
from glassdome.signals.domains import main_label, names_before_suffix, organizational_domain, unicode_host
from glassdome.signals.host_lists import REGIONAL, Brand, in_list, public_bodies
from glassdome.signals.phrases import ScannedText, load_phrases
from glassdome.signals.purpose import purpose_words
from glassdome.values.message import Message

__all__ = ["ROLE_LOCAL", "Claim", "claim_of", "is_named_after", "is_public", "owns"]

#: Characters of a display name that are read; mail programs show fewer.
_MAX_NAME = 200
#: Lines at the beginning and the end of a text in which a mail says whom it speaks for, and their longest length.
_LINES = 3
_MAX_LINE = 60
_VIA = re.compile(r"\s?(?:\(?\b(?:via|über|par|durch)\b|\bfrom\b|\bvon\b|@|[|,(<–-])\s?", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+|\d+")
#: Shorter names say nothing: a domain holds them by chance.
_MIN_NAME = 3
_MIN_IN_TEXT = 4
#: Characters of the text in which an organization says its own name.
_MAX_TEXT = 6_000
_PERSON = re.compile(r"^(?:(?:dr|prof|mr|mrs|ms|herr|frau|m|mme|sr|sra|ing|dott|dhr|mevr)\.?\s+)*[^\W\d_][\w.'’-]*(?:\s+[^\W\d_][\w.'’-]*){0,3}$", re.IGNORECASE)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The claimed sender. `brand` is a name of the brand table, `role` the kind of authority or office, if any."""

    shown: str
    name: str = ""
    brand: Brand | None = None
    role: str = ""
    role_words: str = ""
    person: bool = False
    place: str = "header:From"
    quote: str = ""


def _plain(text: str) -> str:
    """Return a text folded: without accents, in lower case."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in parts if not unicodedata.combining(char)).replace("ß", "ss")


def _lines(text: str) -> Iterator[str]:
    """Yield the short lines in which mails name their sender: a heading, a signature."""
    lines = [line.strip() for line in text[:_MAX_TEXT].splitlines() if line.strip()]
    for line in (*lines[:_LINES], *lines[-2 * _LINES :]):
        if len(line) <= _MAX_LINE:
            yield line


def claim_of(message: Message) -> Claim:
    """Return the claim: of the display name, else of a heading or a signature that is nothing but a brand's name."""
    claim: Claim | None = message.notes.get("claim")
    if claim is None:
        claim = message.notes["claim"] = _claim_of(message)
    return claim


def _claim_of(message: Message) -> Claim:
    name = " ".join(message.author.name.split())[:_MAX_NAME]
    brand = _brand_of_name(name)
    role, words = _role(name)
    if brand is not None:
        return Claim(shown=name, name=name, brand=brand, role=role, role_words=words, quote=name)
    for line in _lines(message.new_text or message.text):
        found = claimed_brand(line, common=True)
        if found is not None and _is_nothing_but(line, found.name):
            return Claim(
                shown=found.name, name=name, brand=found, role=role, role_words=words, person=not role and _is_person(name),
                place="text", quote=line,
            )  # fmt: skip
    return Claim(shown=name, name=name, role=role, role_words=words, person=not role and _is_person(name), quote=name)


def _brand_of_name(name: str) -> Brand | None:
    """Return the brand a display name speaks for; `Ann via Shared Files` speaks for the service, `Ann (Bank)` for both."""
    if not name:
        return None
    return claimed_brand(name, common=True) or next(
        (found for part in _VIA.split(name)[1:] if (found := claimed_brand(part, common=True))), None
    )


def _is_nothing_but(line: str, name: str) -> bool:
    """A line that names a brand and little else: `PayPal`, `The PayPal Team`, `Ihr DHL Team`."""
    rest = len(_WORD.findall(_plain(line))) - len(_WORD.findall(_plain(name)))
    return rest <= 2


@lru_cache(maxsize=4096)
def _role(name: str) -> tuple[str, str]:
    """Return the kind of office or authority that a display name speaks for, and its words."""
    if not name:
        return "", ""
    for group, start, end in load_phrases("authority.toml").find(ScannedText.of(name)):
        return group, name[start:end]
    return "", ""


#: Parts of compound words that name an office, never a person: `Mailbeveiliging`, `Paketzustellung`.
_OFFICE_PARTS = (
    "mail", "postfach", "service", "support", "sicherheit", "beveiliging", "security", "sicurezza", "seguridad", "seguranca",
    "securite", "kunden", "klanten", "verwaltung", "abteilung", "zustell", "paket", "pakket", "encomenda", "rechnung", "buchhalt",
    "factur", "fattura", "bank", "banca", "banco", "banque", "betaal", "billing", "payment", "zahlung", "notif", "alert", "admin",
    "quarant", "delivery", "account", "assist", "amministra", "comptab", "contab", "financ", "postvak", "netzwerk", "system",
    "dział", "obsług", "klient", "subskry", "bezpiecz", "płatno", "rozlicz", "oddeleni", "zakazni", "predplat",
)  # fmt: skip


def _is_person(name: str) -> bool:
    words = {_plain(word) for word in _WORD.findall(name)}
    if any(part in word for word in words for part in _OFFICE_PARTS):
        return False
    table = purpose_words()
    return bool(_PERSON.match(name)) and 0 < len(words) < 6 and words.isdisjoint(table["strong"] | table["weak"])


#: Words in a free mail address that borrow an office, and the number that is added to a name that was taken.
ROLE_LOCAL = re.compile(
    r"(?:^|[._-])(?:office|desk|ceo|cfo|coo|exec(?:utive)?|direct(?:ion|or|eur|ie|oria|ivo)|direcc?ion|direzione|management|chairman|president|"
    r"kantoor|ufficio|b(?:ue|ü)ro|oficina|escritorio|bureau|work|priva[dt]e?|prive|privato|personal|particulier|recruit[^\W_]*|hiring|hr|billing|support|"
    r"service|help|secure|account[^\W_]*|payments?|invoice|legal|loan|grant|claims?|agent|team|notice|mobile|urgent)(?:$|[._\d-])|(?<!\d)\d{4,}$",
    re.IGNORECASE,
)


def owns(brand: Brand, domain: str) -> bool:
    """Return whether a domain is one of a brand's, or is under one; a brand's own label under another suffix is a sister."""
    if in_list(domain, brand.domains):
        return True
    label = main_label(domain)
    if any(label == main_label(owned) and len(label) >= _MIN_IN_TEXT for owned in brand.domains):
        return not in_list(domain, _CHEAP)
    return _is_regional(brand.name, label)


#: Suffixes that hold no sister organizations.
_CHEAP = frozenset(("com-", "info", "online", "site", "top", "xyz", "shop", "live", "club", "icu", "click", "link"))


def _is_regional(name: str, label: str) -> bool:
    family = next((stem for stem in REGIONAL if label.startswith(stem) or name.replace(" ", "") == stem), "")
    if not family or not label.startswith(family):
        return False
    rest = set(_WORD.findall(label[len(family) :]))
    table = purpose_words()
    return bool(rest) and rest.isdisjoint(table["strong"] | table["weak"])


def is_named_after(domain_host: str, name: str, text: str) -> bool:
    """Return whether a domain carries the name that its mail shows: words, initials, or its label in the text."""
    host = unicode_host(domain_host)
    domain = organizational_domain(host)
    label = _plain(main_label(domain))
    squeezed = "".join(_WORD.findall(label))
    if len(squeezed) < 2:
        return False
    words = [_plain(word) for word in _WORD.findall(name)]
    before = [part for part in names_before_suffix(host).split(".")[:-1] if len(part) > _MIN_IN_TEXT]
    if (
        any(_plain(part) in words for part in before)
        or _shares(words, squeezed)
        or _initials(words, (label, *host.split(".")))
    ):
        return True
    if len(squeezed) < _MIN_IN_TEXT:
        return False
    said = "".join(_WORD.findall(_plain(_without_addresses(text[:_MAX_TEXT]))))
    return squeezed in said or any(len(part) >= 6 and part in said for part in label.split("-"))


_RUN = re.compile(r"\S+")
#: An address anywhere in a run of characters without blanks, and host names in any other.
_IS_ADDRESS = re.compile(r"https?:|www\.|@|(?<=\S)\.\w{2,}/")
_HOST = re.compile(r"(?<![\w-])[\w-]+(?:\.\w[\w-]*)+")


def _without_addresses(text: str) -> str:
    return _RUN.sub(lambda run: " " if _IS_ADDRESS.search(run[0]) else _HOST.sub(" ", run[0]), text)


def _shares(words: Iterable[str], label: str) -> bool:
    kept = [word for word in words if len(word) >= _MIN_NAME and word not in purpose_words()["weak"]]
    return any(word in label for word in kept if len(word) >= _MIN_IN_TEXT) or "".join(words) == label or label in kept


def _initials(words: list[str], labels: Iterable[str]) -> bool:
    """`caf` for `Caisse d'allocations familiales`, `tk` for `Techniker Krankenkasse`."""
    long = "".join(word[0] for word in words)
    short = "".join(word[0] for word in words if len(word) > 3)
    wanted = {form for form in (long, short) if len(form) >= 2}
    return bool(wanted & set(labels))


def is_public(host: str) -> bool:
    """Return whether a host belongs to a public body."""
    return in_list(host, public_bodies())
