"""API keys that people make for themselves: made, listed, revoked, and what each may do at this moment."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from glassdome.core.config import Settings
from glassdome.core.errors import AccessDenied, Conflict, InputError, NotFound
from glassdome.core.limits import (
    MAX_GRANTED_KEY_DAYS,
    MAX_KEY_DAYS,
    MAX_KEY_LABEL_CHARS,
    MAX_MADE_KEYS,
    WEB_USE_SECONDS,
)
from glassdome.desk.keys import Caller, Scope
from glassdome.desk.people import caller_of
from glassdome.desk.services import Services
from glassdome.values.person import MadeKey, Person, SignedInBy

if TYPE_CHECKING:
    from glassdome.store.api_keys import ApiKeyTable

__all__ = [
    "EVERYTHING",
    "choices",
    "key_name",
    "keys_seen",
    "longest_days",
    "made_key_caller",
    "make_key",
    "may_be_made",
    "revoke_key",
]

#: The beginning of such a key: only these are looked up in the database, and scanners for leaked secrets know them.
_PREFIX: Final = "gd_"
_LONGEST: Final = 100
_NOTED_EVERY: Final = timedelta(seconds=WEB_USE_SECONDS)
#: The choice of a key without limits.
EVERYTHING: Final = "*"


def may_be_made(presented: str) -> bool:
    """Return whether a text looks like such a key: only then the database is asked."""
    return presented.startswith(_PREFIX) and len(presented) <= _LONGEST


def key_name(key: MadeKey) -> str:
    """Return the name under which logs and audit know a key."""
    return f"key-{key.digest[:8]}"


def choices(owner: Person, caller: Caller) -> Sequence[str]:
    """Return what a person's keys may cover: the own mailbox, their domains, everything."""
    own = [owner.name] if "@" in owner.name else list(caller.mailboxes or ())
    return list(dict.fromkeys([*own, *(caller.domains or ()), *([] if caller.restricted else [EVERYTHING])]))


def longest_days(settings: Settings, owner: Person, covers: str) -> int:
    """Return how many days a key may hold: less where a role from outside grants it, since nothing tells when that ends."""
    if owner.by.by_mailcow:
        return MAX_GRANTED_KEY_DAYS
    granted = owner.by is SignedInBy.PROVIDER and (owner.everything or owner.domains)
    if not granted or covers == owner.name:
        return MAX_KEY_DAYS
    # Without the grant, our own settings may say the same: then they end it.
    own = caller_of(replace(owner, everything=False, domains=()), settings)
    lasting = own is not None and (not own.restricted or covers in (own.domains or ()))
    return MAX_KEY_DAYS if lasting else MAX_GRANTED_KEY_DAYS


async def make_key(
    services: Services, owner: Person, caller: Caller, *, label: str, covers: str, writes: bool, days: int
) -> str:
    """Store a new key and return its text, which cannot be shown again. Audited.

    Raises InputError, AccessDenied for more than the person may see or do, Conflict past the number of keys.
    """
    if not label or len(label) > MAX_KEY_LABEL_CHARS or not label.isprintable():
        raise InputError(f"A key has a name of at most {MAX_KEY_LABEL_CHARS} characters.")
    longest = longest_days(services.settings(), owner, covers)
    if not 1 <= days <= longest:
        raise InputError(f"Such a key holds for 1 to {longest} days.")
    if covers not in choices(owner, caller) or (writes and caller.scope is not Scope.RW):
        raise AccessDenied("A key may not see or do more than you.")
    text, now = _PREFIX + secrets.token_urlsafe(32), services.clock.now()
    limited = covers != EVERYTHING
    key = MadeKey(
        digest=_digest(text),
        label=label,
        writes=writes,
        mailboxes=((covers,) if "@" in covers else ()) if limited else None,
        domains=((covers,) if "@" not in covers else ()) if limited else None,
        owner=owner,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    if not await services.keys.add_key(key, most=MAX_MADE_KEYS):
        raise Conflict(f"You have {MAX_MADE_KEYS} keys already.", fix="Revoke one first.")
    await _audit(services, owner, "make_key", key)
    return text


async def keys_seen(services: Services, owner: Person, caller: Caller) -> tuple[MadeKey, ...]:
    """Return the person's keys; an administrator sees everybody's."""
    return await services.keys.keys_of(owner.name if caller.restricted else None, now=services.clock.now())


async def revoke_key(services: Services, owner: Person, caller: Caller, id: int) -> None:
    """Revoke a key at once, in every process; audited.

    Raises NotFound for one that the person does not see, AccessDenied for another's where they may only read.
    """
    seen = {key.id: key for key in await keys_seen(services, owner, caller)}
    if id not in seen:
        raise NotFound("There is no such key.")
    if seen[id].owner.name != owner.name and caller.scope is not Scope.RW:
        raise AccessDenied("You may only read, so the keys of others are not yours to revoke.")
    if not await services.keys.revoke_key(id, owner=owner.name if caller.restricted else None):
        raise NotFound("There is no such key.")
    await _audit(services, owner, "revoke_key", seen[id])


async def made_key_caller(keys: ApiKeyTable, settings: Settings, presented: str, *, now: datetime) -> Caller | None:
    """Return who brings a key that a person made, None for any other text.

    A key never does more than its owner may at this moment: it ends with the owner's role or way in.
    """
    key = await keys.key_of(_digest(presented), now=now) if may_be_made(presented) else None
    owner = caller_of(key.owner, settings) if key is not None else None
    if key is None or owner is None or not _covers(owner, key):
        return None
    if key.used_at is None or now - key.used_at >= _NOTED_EVERY:
        await keys.use_key(key.id, now=now)
    scope = Scope.RW if key.writes and owner.scope is Scope.RW else Scope.RO
    return Caller(name=key_name(key), scope=scope, mailboxes=key.mailboxes, domains=key.domains, maker=key.owner.name)


def _covers(owner: Caller, key: MadeKey) -> bool:
    if not owner.restricted:
        return True
    if key.mailboxes is None or key.domains is None:
        return False
    return all(map(owner.may_see, key.mailboxes)) and set(key.domains) <= set(owner.domains or ())


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


async def _audit(services: Services, owner: Person, action: str, key: MadeKey) -> None:
    facts = {"label": key.label, "writes": key.writes, "mailboxes": key.mailboxes, "domains": key.domains}
    now = services.clock.now()
    await services.history.audit(actor=owner.name, action=action, subject=key_name(key), facts=facts, now=now)
