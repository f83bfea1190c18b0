"""Compares the claimed sender of a mail with its real origin and with the address for answers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from glassdome.signals.brand_names import claimed_brand
from glassdome.signals.domains import ascii_host, main_label, organizational_domain, unicode_host
from glassdome.signals.finding import Detector, evidence, hit
from glassdome.signals.host_lists import brands, free_mail, platforms, reply_services, risky_tlds
from glassdome.signals.lookalike import find_lookalike, protected_by
from glassdome.values.context import Context
from glassdome.values.message import Address, Message
from glassdome.values.signal import Signal

__all__ = ["DETECTOR"]

_SIGNALS = {
    "display_name_address": "the display name shows another organization's address than the real one",
    "display_name_brand": "the display name is a brand's, the address is not",
    "display_name_own_domain": "the display name is the mailbox's own domain, the address is not",
    "display_name_contact": "the display name is a contact's, the address is another",
    "display_name_role": "the name of an administrator or help desk from an outside address",
    "from_lookalike": "the From domain imitates a contact's, the owner's or a brand's domain",
    "from_mixed_script": "the From domain mixes alphabets",
    "from_risky_tld": "the From domain is under a cheap, much abused top-level domain",
    "from_own_mailbox": "the mail claims to come from the mailbox itself, and nothing verifies it",
    "from_without_domain": "the From address has no domain",
    "from_multiple": "several From addresses, which mail programs show differently",
    "reply_to_diverts": "answers go to another organization than the sender's",
    "reply_to_free_mail": "answers go to a free mail address while the sender's is a company's",
}
#: Characters of a display name that are read; mail programs show fewer.
_MAX_NAME = 200
_ADDRESS = re.compile(r"[\w.+-]{1,64}@([\w-]+(?:\.[\w-]+)+)")
_AROUND_AT = re.compile(r"\s{0,9}(?:@|[(\[]\s{0,3}(?:at|@)\s{0,3}[)\]])\s{0,9}", re.IGNORECASE)
_AROUND_DOT = re.compile(r"(?<=\w)\s{1,3}\.\s{0,3}(?=\w)")
_WORD = re.compile(r"\w+")
_ROLE = re.compile(
    r"\b(?:help ?desk|it[- ](?:support|desk|service|team|department)|support ?team|mail ?(?:server|box|admin\w*)|"
    r"web ?mail|system ?admin\w*|admin(?:istrator)?|account (?:team|service|security)|security (?:team|center|alert)|"
    r"e?mail (?:security|support|admin|service|notification)|human resources|hr department|"
    r"it-abteilung|kundendienst|kundenservice|sicherheitsteam|"
    r"service (?:client|informatique|technique)|assistance technique|"
    r"soporte(?: t[eé]cnico)?|servicio (?:t[eé]cnico|al cliente)|administrador|"
    r"assistenza(?: clienti)?|servizio clienti|amministrator[ei]|"
    r"klantenservice|beheerder|suporte(?: t[eé]cnico)?)\b",
    re.IGNORECASE,
)


def _is_known(message: Message, context: Context) -> bool:
    """Return whether a colleague or a contact wrote it, and our own server has not denied that."""
    author, own = message.author, {organizational_domain(d) for d in context.own_domains}
    if message.authenticity.checked and not message.authenticity:
        return False
    return author.addr.lower() in context.contacts or organizational_domain(author.domain) in own


def _names(author: Address, context: Context, *, known: bool) -> Iterator[Signal]:
    """Report what the display name claims; a known sender's may be like a brand's or our own domain's."""
    domain = organizational_domain(author.domain)
    shown = next(
        (found for text in (_as_read(author.name), author.local_part[:_MAX_NAME]) for found in _ADDRESS.finditer(text)
         if organizational_domain(found[1]) != domain),
        None,
    )  # fmt: skip
    if shown is not None:
        detail = f"the name shows {shown.group()}, the address is {author.addr}"
        yield hit("display_name_address", detail, evidence("header:From", author.name or author.addr))
    if known:
        return
    brand = claimed_brand(author.name, common=True)
    if brand and domain not in brand.domains and main_label(domain) != brand.name.replace(" ", ""):
        strength = 1.0 if domain in free_mail() else 0.8 if not brand.common else 0.5
        detail = f"the name says {brand.name}, the address is at {domain}"
        yield hit("display_name_brand", detail, evidence("header:From", author.name), strength=strength)
    own = {organizational_domain(d) for d in context.own_domains}
    if own and domain not in own:
        yield from _claims_us(author, context, own)


def _as_read(name: str) -> str:
    """Return a name as the eye reads it: full-width signs as their plain forms, nothing unseen, no blanks in an address."""
    plain = unicodedata.normalize("NFKC", name[:_MAX_NAME]).replace("\u3002", ".")
    if not plain.isascii():
        plain = "".join(char for char in plain if unicodedata.category(char) != "Cf")
    plain = _AROUND_AT.sub("@", plain)
    return _AROUND_DOT.sub(".", plain) if "@" in plain else plain


def _claims_us(author: Address, context: Context, own: set[str]) -> Iterator[Signal]:
    """Report what an outside sender's display name borrows from the mailbox's own side."""
    name = author.name.casefold()
    used = next((d for d in sorted(own) if d in name or (len(main_label(d)) >= 5 and main_label(d) in name)), "")
    if used:
        detail = f"the name says {used}, the address is {author.addr}"
        yield hit("display_name_own_domain", detail, evidence("header:From", author.name))
    contact = _contact_of_that_name(name, author.addr, context.contacts)
    if contact:
        detail = f"the name is that of {contact}, the address is {author.addr}"
        yield hit("display_name_contact", detail, evidence("header:From", author.name))


def _contact_of_that_name(name: str, addr: str, contacts: frozenset[str]) -> str:
    words = frozenset(_WORD.findall(name))
    if len(words) < 2 or addr.lower() in contacts:
        return ""
    return next((c for c in _contacts_by_name(contacts).get(words, ()) if c != addr.lower()), "")


@lru_cache(maxsize=64)
def _contacts_by_name(contacts: frozenset[str]) -> dict[frozenset[str], list[str]]:
    """Contacts by the words of their local part: `erika.muster@` is Erika Muster."""
    found: dict[frozenset[str], list[str]] = {}
    for contact in sorted(contacts):
        words = frozenset(re.split(r"[._-]+", contact.rpartition("@")[0]))
        if len(words) >= 2:
            found.setdefault(words, []).append(contact)
    return found


def _domains(author: Address, context: Context) -> Iterator[Signal]:
    """Report a From domain that looks suspicious in itself."""
    host = author.domain
    found = find_lookalike(host, protected_by(context))
    if found:
        how = {"confusable": "looks like", "typo": "is one letter from", "inserted": "carries the name of"}[found.how]
        detail = f"{unicode_host(host)} {how} {found.imitated}"
        strength = {"confusable": 1.0, "typo": 0.8, "inserted": 0.7}[found.how]
        yield hit("from_lookalike", detail, evidence("header:From", host), strength=strength)
    if _mixes_scripts(unicode_host(host)):
        yield hit("from_mixed_script", f"{unicode_host(host)} mixes alphabets", evidence("header:From", host))
    if host.rpartition(".")[2] in risky_tlds():
        yield hit("from_risky_tld", f"sent from {host}", evidence("header:From", host))


@lru_cache(maxsize=4096)
def _mixes_scripts(host: str) -> bool:
    if host.isascii():
        return False
    scripts = {unicodedata.name(c, "?").split()[0] for label in host.split(".")[:-1] for c in label if c.isalpha()}
    return len(scripts - {"CJK", "HIRAGANA", "KATAKANA"}) > 1


def _replies(message: Message, context: Context) -> Iterator[Signal]:
    """Report a Reply-To that leads away from the sender."""
    sender = organizational_domain(ascii_host(message.author.domain))
    if message.authenticity and sender in platforms():
        return  # answers to a shared file go to the person who shared it
    for address in message.reply_to[:3]:
        target = organizational_domain(ascii_host(address.domain))
        if not target or not sender or target == sender or _is_known_way(sender, target, address, context):
            continue
        if target in free_mail() and sender not in free_mail() and not message.lists.list_id:
            detail = f"the mail is from {sender}, answers go to {address.addr}"
            yield hit("reply_to_free_mail", detail, evidence("header:Reply-To", address.addr))
            return
        if target not in reply_services() and not message.lists.is_list:
            detail = f"the mail is from {sender}, answers go to {target}"
            yield hit("reply_to_diverts", detail, evidence("header:Reply-To", address.addr))
            return


def _is_known_way(sender: str, target: str, address: Address, context: Context) -> bool:
    """Return whether answers stay with the sender's organization, with the owner's own, or with a contact of his."""
    if address.addr.lower() in context.contacts or target in {organizational_domain(d) for d in context.own_domains}:
        return True
    return any(sender in brand.domains and target in brand.domains for brand in brands())


def _own_mailbox(message: Message, context: Context) -> Iterator[Signal]:
    addr = message.author.addr
    vouched = not message.authentication.trusted or bool(message.authenticity)
    if context.mailbox and addr.lower() == context.mailbox.lower() and not vouched:
        yield hit(
            "from_own_mailbox", "the mail says it is from you, and nothing verifies it", evidence("header:From", addr)
        )


def _as_shown(message: Message) -> Address:
    """Return the author's address with all that the From field shows: names with an unquoted comma fall apart."""
    author = message.author
    names = [part for address in message.header_from[:4] for part in (address.name, _nameless(address)) if part]
    return Address(name=", ".join(dict.fromkeys(names))[:_MAX_NAME], addr=author.addr)


def _nameless(address: Address) -> str:
    return "" if address.domain else address.addr


def detect(message: Message, context: Context) -> Iterator[Signal]:
    """Report what does not fit about the sender."""
    author = _as_shown(message)
    whole = {address.addr for address in message.header_from if address.domain}
    if len(whole) > 1:
        places = (evidence("header:From", addr) for addr in sorted(whole)[:3])
        yield hit("from_multiple", f"{len(whole)} From addresses", *places)
    if author.domain:
        yield from _domains(author, context)
    elif author.name or author.addr:
        yield hit(
            "from_without_domain", f"the From field has no address: {author.name[:80]!r}", evidence("header:From")
        )
    if author.name or "@" in author.local_part:
        yield from _names(author, context, known=_is_known(message, context))
        yield from _role(author, context)
    yield from _replies(message, context)
    yield from _own_mailbox(message, context)


def _role(author: Address, context: Context) -> Iterator[Signal]:
    found = _ROLE.search(author.name)
    own = {organizational_domain(d) for d in context.own_domains}
    known = author.addr.lower() in context.contacts
    if found and not known and organizational_domain(author.domain) not in own:
        detail = f"{found.group()!r} writes from {author.domain or author.addr}"
        yield hit("display_name_role", detail, evidence("header:From", found.group()))


DETECTOR = Detector(name="identity", signals=_SIGNALS, run=detect)
