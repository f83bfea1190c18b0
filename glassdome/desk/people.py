"""People: who a mailbox's password proves somebody to be, and what a person may see at this moment."""

from __future__ import annotations

from hashlib import sha256

from pydantic import SecretStr

from glassdome.core.config import Settings
from glassdome.core.config.access import read_admins, read_domain_admins
from glassdome.core.config.checks import read_mailboxes
from glassdome.core.errors import (
    ConnectFailed,
    InvalidAddress,
    PeerRefused,
    ProtocolViolation,
    RateLimited,
    TransportError,
)
from glassdome.core.limits import MAX_PASSWORD_CHARS
from glassdome.core.log import get_logger
from glassdome.core.secrets import reveal
from glassdome.desk.email_id import as_mailbox
from glassdome.desk.keys import Caller, Scope, parse_keys
from glassdome.desk.services import Services
from glassdome.values.credentials import Credentials
from glassdome.values.person import Person, SignedInBy

__all__ = ["caller_of", "mailcow_administrator", "owner_of", "takes_mailcow_keys", "takes_passwords"]

_log = get_logger(__name__)


def takes_passwords(services: Services) -> bool:
    """Return whether owners can sign in with their mailboxes' passwords."""
    return services.check_login is not None and services.settings().mailbox_sign_in


def takes_mailcow_keys(services: Services) -> bool:
    """Return whether mailcow's administrators can sign in with its API keys."""
    return services.check_mailcow_key is not None and services.settings().mailcow_sign_in


async def mailcow_administrator(services: Services, key: str, visitor: str) -> Person | None:
    """Return the administrator whom an API key of mailcow proves, None for any other text; the key is kept nowhere.

    Raises AccessDenied where mailcow does not allow the key from the visitor's address, and ConnectFailed where it
    cannot say.
    """
    if services.check_mailcow_key is None or not takes_mailcow_keys(services):
        return None
    try:
        by = await services.check_mailcow_key(key, visitor)
    except (TransportError, PeerRefused, ProtocolViolation, RateLimited) as exc:
        _log.warning("sign_in_not_checked", code=exc.code, problem=exc.message)
        raise ConnectFailed(
            "mailcow cannot be asked at present, so the key was not checked.", fix="Try again in a minute."
        ) from exc
    if by is None:
        return None
    return Person(by=by, name=f"mailcow-{sha256(key.encode()).hexdigest()[:8]}", everything=True)


async def owner_of(services: Services, address: str, password: SecretStr) -> Person | None:
    """Return the owner of a mailbox by its password, None for a wrong one; the password is kept nowhere.

    Raises ConnectFailed where the mail server cannot say: then nothing is known of the password.
    """
    login = _login(services.settings(), address, password)
    if login is None or services.check_login is None or not takes_passwords(services):
        return None
    try:
        right = await services.check_login(login)
    except (TransportError, PeerRefused, ProtocolViolation) as exc:
        _log.warning("sign_in_not_checked", code=exc.code, problem=exc.message)
        raise ConnectFailed(
            "The mail server cannot be asked at present, so the password was not checked.", fix="Try again in a minute."
        ) from exc
    return Person(by=SignedInBy.MAILBOX, name=as_mailbox(address)) if right else None


def _login(settings: Settings, address: str, password: SecretStr) -> Credentials | None:
    """Return what the mail server is asked; None for what can be no login.

    An empty password is never asked: some directories take it for an anonymous login, and accept.
    """
    text = password.get_secret_value()
    try:
        mailbox = as_mailbox(address)
    except InvalidAddress:
        return None
    if not 0 < len(text) <= MAX_PASSWORD_CHARS or any(sign in text for sign in "\0\r\n"):
        return None
    named = {entry.address: entry.login for entry in read_mailboxes(settings.mailboxes)}
    return Credentials(user=named.get(mailbox) or mailbox, password=password)


def caller_of(person: Person, settings: Settings) -> Caller | None:
    """Return what a person may see and do now, None where their way in was closed since they signed in."""
    if person.by is SignedInBy.KEY:
        keys = parse_keys(reveal(settings.api_keys) or "")
        return next((key.caller for key in keys if key.caller.name == person.name), None)
    if person.by is SignedInBy.MAILBOX and not settings.mailbox_sign_in:
        return None
    if person.by is SignedInBy.PROVIDER and not settings.signs_in_by_provider:
        return None
    if person.by.by_mailcow:
        scope = Scope.RW if person.by is SignedInBy.MAILCOW else Scope.RO
        return Caller(name=person.name, scope=scope) if settings.mailcow_sign_in else None
    return _caller_of_mailbox(person, settings)


def _caller_of_mailbox(person: Person, settings: Settings) -> Caller:
    if person.everything or person.name in read_admins(settings.admins):
        return Caller(name=person.name, scope=Scope.RW)
    domains = (*person.domains, *read_domain_admins(settings.domain_admins).get(person.name, ()))
    own = (person.name,) if "@" in person.name else ()
    return Caller(name=person.name, scope=Scope.RW, mailboxes=own, domains=tuple(dict.fromkeys(domains)))
