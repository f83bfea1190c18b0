"""Sessions end when mailcow says that the mailbox's passwords changed, or that it may not sign in any more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from glassdome.core.clock import FixedClock
from glassdome.core.errors import GlassdomeError
from glassdome.integrations.mailcow.accounts import MailcowAccounts
from glassdome.integrations.mailcow.http import MailcowAccess, mailcow_http
from glassdome.integrations.mailcow.mailboxes import MailcowMailboxes
from glassdome.integrations.mailcow.objects import MailcowObjects
from glassdome.integrations.tls import TlsPolicy
from glassdome.pipeline.account_watch import AccountWatch
from glassdome.store import Database
from glassdome.values.person import MadeKey, Person, SignedInBy
from tests.servers.mailcow_server import MailcowServer
from tests.servers.mailcow_state import MailcowState
from tests.servers.served import Served
from tests.unit.api.bench import NOW
from tests.unit.api.conftest import connections, database, empty_database

__all__ = ["connections", "database", "empty_database"]

BOB, ANN = "bob@example.test", "ann@example.test"


@dataclass
class World:
    """A mailcow with Bob's mailbox, the sessions, and what watches both."""

    mailcow: MailcowServer
    database: Database
    watch: AccountWatch
    accounts: MailcowAccounts

    async def sign_in(self, name: str, by: SignedInBy = SignedInBy.MAILBOX) -> None:
        """Begin a session."""
        token = f"{name}-{len(await self.left())}"
        times = {"now": NOW, "until": NOW + timedelta(hours=12), "idle_since": NOW - timedelta(hours=4)}
        await self.database.sessions.begin_session(token, person=Person(by=by, name=name), browser="", **times)

    def again(self) -> AccountWatch:
        """Return what a new process watches with."""
        store = self.database
        return AccountWatch(self.accounts, store.sessions, store.api_keys, store.history, FixedClock(NOW))

    async def left(self) -> list[str]:
        """Return whose sessions are left."""
        found = [
            await self.database.sessions.sessions_of(name, now=NOW, idle_since=NOW - timedelta(hours=4))
            for name in (ANN, BOB, "mailcow-1")
        ]
        return [session.person.name for several in found for session in several]


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    """Bob has a password and two app passwords; Ann's mailbox is on another server."""
    server = MailcowServer(MailcowState())
    server.state.mailboxes[BOB] = {"username": BOB, "active": 1, "attributes": {"passwd_update": "2026-01-01 10:00:00"}}
    server.app_passwords[BOB] = [{"id": 1, "active": 1, "password": "{BLF-CRYPT}x"}, {"id": 2, "active": "1"}]
    served = Served(server.app)
    http = mailcow_http(MailcowAccess(url=served.url, key=SecretStr("RO-KEY")), TlsPolicy())
    accounts = MailcowAccounts(MailcowMailboxes(http), MailcowObjects(http))
    async with served:
        watch = AccountWatch(accounts, database.sessions, database.api_keys, database.history, FixedClock(NOW))
        yield World(server, database, watch, accounts)
        await http.aclose()


def password(world: World) -> None:
    """Change the password."""
    world.mailcow.state.mailboxes[BOB]["attributes"] = {"passwd_update": "2026-11-21 09:00:00"}


def off(world: World) -> None:
    """Deactivate the mailbox."""
    world.mailcow.state.mailboxes[BOB]["active"] = 0


def no_login(world: World) -> None:
    """Let it receive mail only."""
    world.mailcow.state.mailboxes[BOB]["active"] = 2


def deleted(world: World) -> None:
    """Delete the mailbox."""
    del world.mailcow.state.mailboxes[BOB]


def app_password_deleted(world: World) -> None:
    """Delete an app password."""
    del world.mailcow.app_passwords[BOB][0]


def app_password_off(world: World) -> None:
    """Switch an app password off."""
    world.mailcow.app_passwords[BOB][1]["active"] = 0


def app_password_added(world: World) -> None:
    """Add an app password."""
    world.mailcow.app_passwords[BOB].append({"id": 3, "active": 1})


def nothing(world: World) -> None:
    """Change nothing."""


@pytest.mark.parametrize(
    ("change", "ends"),
    [
        (password, True), (off, True), (no_login, True), (deleted, True), (app_password_deleted, True),
        (app_password_off, True), (app_password_added, False), (nothing, False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("by", [SignedInBy.MAILBOX, SignedInBy.PROVIDER])
async def test_a_change_of_the_account(world: World, change: Any, ends: bool, by: SignedInBy) -> None:
    """It ends the sessions of that owner, and no other's; once, and with a line in the audit."""
    await world.sign_in(BOB, by)
    await world.sign_in(ANN, by)
    await world.sign_in("mailcow-1", SignedInBy.MAILCOW)
    assert await world.watch.check() == 0
    change(world)
    assert await world.watch.check() == int(ends)
    assert await world.watch.check() == 0

    assert await world.left() == [ANN, *([] if ends else [BOB]), "mailcow-1"]
    entries = await world.database.history.audited()
    assert [(entry["actor"], entry["action"], entry["subject"]) for entry in entries] == (
        [("mailcow", "end_session", BOB)] if ends else []
    )


async def test_a_session_that_began_after_the_change_goes_on(world: World) -> None:
    """Only the older one knew the old password."""
    await world.sign_in(BOB)
    await world.watch.check()
    password(world)
    await world.sign_in(BOB)

    assert await world.watch.check() == 1
    assert await world.left() == [BOB]


async def test_a_change_during_a_restart_ends_the_session(world: World) -> None:
    """The account of the first look is stored: a new process compares with it."""
    await world.sign_in(BOB)
    await world.watch.check()
    password(world)
    again = replace(world, watch=world.again())

    assert await again.watch.check() == 1
    assert await world.left() == []


async def test_a_mailcow_that_is_away_ends_nothing(world: World) -> None:
    """The next look finds the change."""
    await world.sign_in(BOB)
    await world.watch.check()
    world.mailcow.broken = True
    with pytest.raises(GlassdomeError):
        await world.watch.check()
    assert await world.left() == [BOB]
    world.mailcow.broken = False
    password(world)

    assert await world.watch.check() == 1


@pytest.mark.parametrize(
    ("change", "ends"), [(off, True), (no_login, True), (deleted, True), (password, False), (nothing, False)]
)
async def test_the_keys_of_a_mailbox_that_is_off_end(world: World, change: Any, ends: bool) -> None:
    """Those of its owner alone; a new password ends none, since programs do not have it."""
    for number, owner in enumerate((Person(by=SignedInBy.MAILBOX, name=BOB), Person(by=SignedInBy.PROVIDER, name=ANN))):
        key = MadeKey(
            digest=f"{number}" * 64,
            label="mine",
            writes=True,
            mailboxes=(owner.name,),
            domains=(),
            owner=owner,
            created_at=NOW,
            expires_at=NOW + timedelta(days=700),
        )
        assert await world.database.api_keys.add_key(key, most=9)
    assert await world.watch.check() == 0
    change(world)
    assert await world.watch.check() == int(ends)
    assert await world.watch.check() == 0

    left = await world.database.api_keys.keys_of(None, now=NOW)
    assert sorted(key.owner.name for key in left) == [ANN, *([] if ends else [BOB])]
    entries = await world.database.history.audited()
    assert [(entry["action"], entry["subject"]) for entry in entries] == ([("revoke_keys", BOB)] if ends else [])
