"""Links compared with the mail's claims: brands, the sender's own domain, the reader's address."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from glassdome.signals.brand_names import claimed_brand
from glassdome.signals.domains import organizational_domain
from glassdome.signals.finding import Detector, evidence, hit, none_apply
from glassdome.signals.gateway import inner_view, looked_through
from glassdome.signals.host_lists import brand_owners, free_hosts, in_list, popular, reply_services, shorteners
from glassdome.signals.link_view import LinkView, view_links
from glassdome.signals.lookalike import find_lookalike, protected_by
from glassdome.values.context import Context
from glassdome.values.message import Message
from glassdome.values.signal import Signal

__all__ = ["DETECTOR"]

_SIGNALS = {
    "link_lookalike": "the link's host imitates a contact's, the owner's or a brand's domain",
    "link_brand_path": "a brand's name stands in the path of a foreign host",
    "link_brand_absent": "the mail speaks for a brand, and no link leads to it",
    "link_credential_path": "the path of a little-known host asks to log in or verify",
    "link_reader_address": "the link carries the reader's own address",
    "link_foreign": "no link leads to the sender's organization",
    "link_consistent": "every link leads to the sender's organization",
    "link_popular_only": "every link leads to well-known sites",
}
_PATH_WORD = re.compile(r"[a-z]+")
_LOGIN = frozenset({
    "login", "signin", "logon", "verify", "verification", "validate", "webscr", "secure", "update", "confirm",
    "account", "billing", "unlock", "password", "webmail", "owa", "auth", "anmelden", "verifizieren", "connexion",
    "accedi", "inloggen", "acceder", "entrar",
})  # fmt: skip
#: Shorter names are parts of other words.
_MIN_PATH_BRAND = 5
#: Subject and first words in which a mail says whom it speaks for.
_CLAIM_CHARS = 160


def _brands(message: Message, links: Sequence[LinkView], context: Context) -> Iterator[Signal]:
    protected = protected_by(context)
    sender = organizational_domain(message.author.domain)
    followed = _followed(links)
    alike = {host: find_lookalike(host, protected) for host in {v.host for v in followed if v.domain != sender}}
    imitating = [(v, found) for v in followed if (found := alike.get(v.host))]
    if imitating:
        link, found = imitating[0]
        strength = {"confusable": 1.0, "typo": 0.7, "inserted": 0.8}[found.how]
        detail = f"{link.host} imitates {found.imitated}"
        yield hit("link_lookalike", detail, *(evidence(v.where, v.url) for v, _ in imitating), strength=strength)
    in_path = [v for v in links if _foreign_brand(v)]
    if in_path:
        detail = f"{in_path[0].host} has the name of {_foreign_brand(in_path[0])} in its path"
        yield hit("link_brand_path", detail, *(evidence(v.where, v.url) for v in in_path))
    verified_list = message.lists.is_list and bool(message.authenticity)
    claims = message.author.name if verified_list else f"{message.author.name} {message.subject}"
    brand = claimed_brand(claims[:_CLAIM_CHARS], common=False)
    if brand and not any(domain in brand.domains for domain in (sender, *(v.domain for v in links))):
        detail = f"the mail speaks for {brand.name}, its links lead to {links[0].host}"
        yield hit("link_brand_absent", detail, evidence(links[0].where, links[0].url))


def _followed(links: Sequence[LinkView]) -> list[LinkView]:
    """Return the links, and those that their hosts lead on to."""
    return [*links, *(view for link in links if (view := inner_view(link)) is not None)]


def _foreign_brand(link: LinkView) -> str:
    """Return the brand in the path of a host that is neither its owner's nor well known."""
    if link.domain in popular():
        return ""
    owners = brand_owners()
    words = _PATH_WORD.findall(link.rest[:200].lower()) if link.rest else ()
    return next((w for w in words if len(w) >= _MIN_PATH_BRAND and w in owners and link.domain not in owners[w]), "")


def _logs_in(link: LinkView) -> bool:
    path = link.rest.partition("?")[0][:200].lower()
    return link.domain not in popular() and not _LOGIN.isdisjoint(_PATH_WORD.findall(path))


def _forms(address: str) -> tuple[str, ...]:
    """Return an address plainly, in base64 and in hexadecimal, in lower case."""
    raw = address.encode()
    return address.lower(), base64.b64encode(raw).decode().rstrip("=").lower(), raw.hex()


def _carries(link: LinkView, forms: Sequence[str]) -> bool:
    text = unquote(link.rest).lower()
    return any(form in text for form in forms)


def _address(message: Message, links: Sequence[LinkView], context: Context) -> Iterator[Signal]:
    readers = {context.mailbox, *(a.addr for a in message.to[:3])} - {""}
    forms = [form for reader in readers if "@" in reader for form in _forms(reader)]
    found = [v for v in links if v.rest and _carries(v, forms)]
    if found:
        detail = f"{found[0].host} is told the reader's address"
        yield hit("link_reader_address", detail, *(evidence(v.where, v.url) for v in found))


def _kinship(message: Message, links: Sequence[LinkView]) -> Iterator[Signal]:
    """Compare the links' organizations with the sender's."""
    sender = organizational_domain(message.author.domain)
    domains = {v.domain for v in links if v.domain and not in_list(v.host, reply_services())}
    if not sender or not domains:
        return
    if domains == {sender}:
        yield hit("link_consistent", f"every link leads to {sender}", evidence(links[0].where, links[0].url))
    elif sender not in domains:
        detail = f"the mail is from {sender}, no link leads there"
        yield hit("link_foreign", detail, *(evidence(v.where, v.url) for v in links[:2]))
    published = any(in_list(v.host, free_hosts()) or in_list(v.host, shorteners()) for v in links)
    if domains <= popular() and not published:
        yield hit("link_popular_only", "every link leads to well-known sites", evidence(links[0].where, links[0].url))


def detect(message: Message, context: Context) -> Iterator[Signal]:
    """Report links that do not fit the mail, and those that do; nothing applies to a mail without links."""
    links = view_links(message)
    if not links:
        yield from none_apply(_SIGNALS)
        return
    yield from _brands(message, links, context)
    asking = [v for v in _followed(links) if _logs_in(v)]
    if asking:
        detail = f"{asking[0].host} asks to log in or verify"
        yield hit("link_credential_path", detail, *(evidence(v.where, v.url) for v in asking))
    yield from _address(message, links, context)
    yield from _kinship(message, [looked_through(link, message, context) for link in links])


DETECTOR = Detector(name="link_claims", signals=_SIGNALS, run=detect)
