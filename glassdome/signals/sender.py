"""Report how far the author is who they claim to be: brand, authority, own domain, a domain made for one lure."""

from __future__ import annotations

from collections.abc import Iterator

from glassdome.signals.claims import ROLE_LOCAL, claim_of
from glassdome.signals.domains import organizational_domain
from glassdome.signals.finding import Detector, evidence, hit
from glassdome.signals.host_lists import free_mail
from glassdome.signals.standing import standing_of
from glassdome.values.ask import Identity, Standing
from glassdome.values.context import Context
from glassdome.values.message import Message
from glassdome.values.signal import Signal

__all__ = ["DETECTOR"]

_SIGNALS = {
    "brand_proven": "our server verified the organization or public body for which the mail speaks",
    "sender_proven": "our server verified the author, and nothing contradicts the name",
    "sender_contradicted": "the mail speaks for somebody whose address it does not have",
    "sender_unproven": "nothing proves that the author is who the mail says",
    "own_domain_forged": "the mail says that it comes from our own domain, and does not",
    "domain_made_up": "the From domain is put together like those made for one lure",
    "authority_unproven": "an authority, a bank or an office is named, and the address is not known to be theirs",
    "free_mail_role": "a free mail address is named like an office or a private one of somebody at work",
    "free_mail_office": "an office or an organization writes from a free mail address",
}


def detect(message: Message, context: Context) -> Iterator[Signal]:
    """Report the author's standing."""
    standing = context.asked.standing if context.asked is not None else standing_of(message, context)
    author = message.author
    place = evidence("header:From", author.addr or author.name)
    if name := _name(standing):
        yield hit(name, standing.why, place)
    own = {organizational_domain(name) for name in context.own_domains}
    domain = organizational_domain(author.domain)
    if standing.identity is Identity.CONTRADICTED and standing.checked and domain in own:
        yield hit("own_domain_forged", standing.why, place)
    if standing.purpose and standing.relation != "known":
        yield hit("domain_made_up", f"{domain} could belong to anybody", place, strength=standing.purpose)
    local = author.local_part
    if domain in free_mail() and standing.relation == "free" and (found := ROLE_LOCAL.search(local)):
        yield hit("free_mail_role", f"{found.group()!r} in the name of a free mailbox", evidence("header:From", local))
    claim = claim_of(message)
    # An office of the owner's own organization, or of a correspondent, writes from the address that it has.
    if standing.proven or not claim.role or standing.relation in ("own", "known"):
        return
    detail = f"{claim.role_words!r} writes from {domain or 'no address'}"
    if domain in free_mail():
        yield hit("free_mail_office", detail, place)
    yield hit("authority_unproven", detail, evidence("header:From", claim.role_words))


def _name(standing: Standing) -> str:
    if standing.proven:
        return "brand_proven" if standing.relation in ("brand", "public", "own") else "sender_proven"
    if standing.identity is Identity.CONTRADICTED:
        return "sender_contradicted"
    return "sender_unproven" if standing.checked else ""


DETECTOR = Detector(name="sender", signals=_SIGNALS, run=detect)
