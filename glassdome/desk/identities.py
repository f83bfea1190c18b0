"""People whom an identity provider vouches for: their mailbox here, and what the provider's word grants them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from glassdome.core.config import Settings
from glassdome.core.config.access import read_admins, read_domain_admins
from glassdome.core.config.checks import read_mailboxes
from glassdome.core.config.oidc import Claim, read_claims, read_domain_claims
from glassdome.core.errors import IdentityRefused, InvalidAddress
from glassdome.desk.email_id import as_mailbox
from glassdome.desk.services import Services
from glassdome.values.identity import ProvenIdentity
from glassdome.values.person import Person, SignedInBy

__all__ = ["person_of"]


async def person_of(services: Services, identity: ProvenIdentity) -> Person:
    """Return who an identity is here.

    Raises IdentityRefused for one without a mailbox that the service knows, unless the provider calls it an
    administrator, and TransportError where the mail server cannot say which mailboxes there are.
    """
    settings = services.settings()
    everything = any(_has(identity.claims, claim) for claim in read_claims(settings.oidc_admin_claim))
    domains = {
        domain
        for claim, listed in read_domain_claims(settings.oidc_domain_claim).items()
        for domain in listed
        if _has(identity.claims, claim)
    }
    try:
        name = await _mailbox(services, identity)
    except IdentityRefused:
        if not everything:
            raise
        # No address in it: only one that was proven may stand for a mailbox.
        name = f"provider-{sha256(identity.subject.encode()).hexdigest()[:8]}"
    return Person(by=SignedInBy.PROVIDER, name=name, everything=everything, domains=tuple(sorted(domains)))


async def _mailbox(services: Services, identity: ProvenIdentity) -> str:
    if not identity.email:
        raise IdentityRefused("The identity provider names no e-mail address of yours.")
    if not identity.verified:
        raise IdentityRefused(
            "The identity provider does not vouch for your e-mail address.", fix="Confirm the address there."
        )
    try:
        mailbox = as_mailbox(identity.email)
    except InvalidAddress as exc:
        raise IdentityRefused("The identity provider's address of yours is none.") from exc
    if not await _is_known(services, mailbox):
        raise IdentityRefused(
            f"You are {mailbox} at the identity provider, and there is no such mailbox here.",
            fix="Sign in there with the account of your mailbox, or ask the administrator of this server.",
        )
    return mailbox


async def _is_known(services: Services, mailbox: str) -> bool:
    """Return whether the mail server has the mailbox; where it cannot be asked, whether it is enabled or named here."""
    if services.has_mailbox is not None:
        return await services.has_mailbox(mailbox)
    settings = services.settings()
    if mailbox in _named(settings):
        return True
    return (await services.preferences.get_preferences(mailbox)).chosen


def _named(settings: Settings) -> set[str]:
    listed = (entry.address for entry in read_mailboxes(settings.mailboxes))
    return {*listed, *read_admins(settings.admins), *read_domain_admins(settings.domain_admins)}


def _has(claims: Mapping[str, Any], claim: Claim) -> bool:
    name, wanted = claim
    return wanted in _texts(_found(claims, name))


def _found(claims: Mapping[str, Any], name: str) -> Any:
    """Return the claim of that name, else along its dots: `realm_access.roles`."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _texts(value: Any) -> Iterable[str]:
    several = value if isinstance(value, list) else [value]
    return {str(one).lower() if isinstance(one, bool) else str(one) for one in several if isinstance(one, str | int)}
