"""Tell who the author is, as far as our server, the brand table and the mailbox know."""

from __future__ import annotations

import re

from glassdome.signals.claims import Claim, claim_of, is_named_after, is_public, owns
from glassdome.signals.domains import main_label, organizational_domain
from glassdome.signals.host_lists import (
    REGIONAL,
    Brand,
    free_mail,
    in_list,
    known_domains,
    names_of_domain,
    platforms,
    popular,
)
from glassdome.signals.link_view import view_links
from glassdome.signals.lookalike import find_lookalike, protected_by
from glassdome.signals.purpose import purpose_of
from glassdome.values.ask import Identity, Relation, Standing
from glassdome.values.context import Context
from glassdome.values.message import Message

__all__ = ["standing_of"]

#: Earlier messages after which a sender counts as known.
_KNOWN_AFTER = 3
#: From here on a domain looks made for one lure.
_MADE_UP = 0.7


def standing_of(message: Message, context: Context) -> Standing:
    """Return the author's standing; pure, of headers and a few words of the text."""
    author, found = message.author, message.authenticity
    host, domain = author.domain, organizational_domain(author.domain)
    claim = claim_of(message)
    own = {organizational_domain(name) for name in context.own_domains}

    def standing(identity: Identity, relation: Relation, why: str) -> Standing:
        return Standing(
            identity=identity, relation=relation, why=why, claimed=claim.shown or domain,
            organization=found.organization, checked=found.checked, purpose=purpose_of(host),
            self_named=relation in ("organization", "person") and not _is_established(domain),
        )  # fmt: skip

    if not domain:
        return standing(Identity.CONTRADICTED, "stranger", "the mail has no sender's address")
    if found.checked and not found:
        return standing(*_not_vouched(message, domain, domain in own))
    if not found:
        relation = _relation(message, context, claim, own)
        why = f"our server did not check who sent this, so nothing proves that it is {claim.shown or domain}"
        contradicted = _contradiction(message, context, claim)
        if contradicted:
            return standing(Identity.CONTRADICTED, "stranger", contradicted)
        return standing(Identity.UNPROVEN, relation, why)
    return standing(*_vouched(message, context, claim, own))


def _not_vouched(message: Message, domain: str, ours: bool) -> tuple[Identity, Relation, str]:
    dmarc = message.authentication.best("dmarc")
    failed = dmarc is not None and dmarc.result not in ("pass", "none")
    if failed and not message.lists.is_list and (ours or not _mailer_signed(message)):
        whose = "your own domain" if ours else domain
        return (
            Identity.CONTRADICTED,
            "stranger",
            f"it claims to come from {whose}, and {domain} itself says that it does not",
        )
    return Identity.UNPROVEN, "stranger", f"nothing verifies that {domain} sent it"


def _is_established(domain: str) -> bool:
    """Many people know the name, or it follows a rule that impostors cannot: `sparkasse-bremen.de`."""
    return domain in popular() or main_label(domain).startswith(REGIONAL)


def _mailer_signed(message: Message) -> bool:
    """Somebody else signed for a small sender: impostors borrow names that are worth more."""
    host, domain = message.author.domain, organizational_domain(message.author.domain)
    famous = domain in names_of_domain() or domain in known_domains() or domain in free_mail() or is_public(host)
    return not famous and any(r.method == "dkim" and r.result == "pass" for r in message.authentication.results)


def _relation(message: Message, context: Context, claim: Claim, own: set[str]) -> Relation:
    """Return how the author stands to us and the world, if he is who he claims to be."""
    host, domain = message.author.domain, organizational_domain(message.author.domain)
    if domain in own:
        return "own"
    if _is_known(message, context):
        return "known"
    if domain in free_mail() and not _is_provider_itself(message, claim):
        return "free"
    if domain in platforms():
        return "platform"
    if is_public(host):
        return "public"
    if domain in names_of_domain() or in_list(host, names_of_domain()):
        return "brand"
    return "stranger"


#: Local parts that a provider of mailboxes keeps for itself.
_KEPT = re.compile(r"^(?:no[-_.]?reply|service|kundenservice|klantenservice|info|billing|rechnung|support|kontakt|contact|servizio.*|mijn.*)\b", re.IGNORECASE)  # fmt: skip
#: Providers that never write from the domain of their customers.
_MAIL_ONLY = re.compile(
    r"^(?:gmail|googlemail|outlook|hotmail|live|msn|yahoo|ymail|icloud|me|aol|proton|protonmail|gmx|web|mail|zoho|tutanota)\."
)


def _is_provider_itself(message: Message, claim: Claim) -> bool:
    """A telephone company's own mail, from a domain in which its customers have mailboxes too."""
    author = message.author
    if claim.brand is None or _MAIL_ONLY.match(author.domain) or not owns(claim.brand, author.domain):
        return False
    return bool(_KEPT.match(author.local_part))


def _is_known(message: Message, context: Context) -> bool:
    sender, addr = context.sender, message.author.addr.lower()
    known = sender.seen >= _KNOWN_AFTER and sender.junked == 0
    return context.known and (known or bool(sender.replied) or addr in context.contacts)


def _contradiction(message: Message, context: Context, claim: Claim) -> str:
    """Return why the address is not that of whom the mail claims to be from, or an empty string."""
    host, domain = message.author.domain, organizational_domain(message.author.domain)
    said_below = claim.place == "text" and (claim.person or is_named_after(host, claim.name, ""))
    if claim.brand is not None and not said_below and not owns(claim.brand, host):
        told = claim.brand.domains[0]
        return f"it speaks for {claim.brand.name}, whose mail comes from {told}, and was sent from {domain}"
    found = find_lookalike(host, protected_by(context))
    if found is not None:
        return f"{domain} imitates {found.imitated}"
    return ""


def _vouched(message: Message, context: Context, claim: Claim, own: set[str]) -> tuple[Identity, Relation, str]:
    host, domain = message.author.domain, organizational_domain(message.author.domain)
    relation = _relation(message, context, claim, own)
    shown = claim.shown or domain
    if relation in ("own", "known"):
        known = "it comes from your own domain" if relation == "own" else "you know this sender"
        return Identity.PROVEN, relation, f"{known}, and our server verified it"
    if relation in ("brand", "public", "platform"):
        return Identity.PROVEN, relation, f"our server verified that {domain} sent it"
    if contradiction := _contradiction(message, context, claim):
        harmless = claim.brand is not None and _links_lead_to(message, claim.brand)
        return Identity.UNPROVEN if harmless else Identity.CONTRADICTED, relation, contradiction
    if relation == "free":
        return (
            Identity.UNPROVEN,
            relation,
            f"anybody can open an address at {domain}; nothing proves that this is {shown}",
        )
    if purpose_of(host) >= _MADE_UP:
        return Identity.UNPROVEN, relation, f"{domain} could belong to anybody; nothing proves that this is {shown}"
    if claim.role and not is_named_after(host, _without(claim), ""):
        return Identity.UNPROVEN, relation, f"{claim.role_words} writes from {domain}, a name that says nothing of them"
    if is_named_after(host, claim.name, ""):
        return Identity.PROVEN, "organization", f"our server verified that {domain} sent it"
    if claim.person or not claim.name or claim.name == message.author.addr:
        return Identity.PROVEN, "person", f"our server verified that {domain} sent it"
    if is_named_after(host, claim.name, message.text):
        return Identity.PROVEN, "organization", f"our server verified that {domain} sent it"
    return Identity.UNPROVEN, "stranger", f"{domain} is not known to belong to {shown}"


def _links_lead_to(message: Message, brand: Brand) -> bool:
    """Every link leads to the brand itself: nothing is asked for elsewhere, no matter who wrote."""
    hosts = [view.host for view in view_links(message) if view.host]
    return bool(hosts) and all(owns(brand, host) for host in hosts)


def _without(claim: Claim) -> str:
    """Return the name without the words of a role: `Stadtwerke Kundenservice` names no organization."""
    return claim.name.replace(claim.role_words, " ")
