"""Mailboxes chosen by mailcow's tags and attributes, over the mailcow test server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from glassdome.core.clock import FixedClock
from glassdome.core.config import Settings
from glassdome.integrations.mailcow.directory import MailcowDirectory
from glassdome.integrations.mailcow.http import MailcowAccess, MailcowHttp
from glassdome.integrations.mailcow.mailboxes import MailcowMailboxes
from glassdome.integrations.mailcow.objects import MailcowObjects
from glassdome.integrations.tls import TlsPolicy
from glassdome.pipeline.opt_in import OptIn
from glassdome.shapes.rendering import RENDERING
from glassdome.store import Database, migrate, open_database
from tests.samples import NOON
from tests.servers.mailcow_server import MailcowServer
from tests.servers.mailcow_state import MailcowState

SETTINGS, CHOSEN_DOMAIN = Settings(), Settings(domains="Xisx.org")
ANN, BOB, CAT = "ann@xisx.org", "bob@xisx.org", "cat@tagged.example"


@pytest.fixture
def state() -> MailcowState:
    """Two mailboxes, and one in a domain that has the tag."""
    made = MailcowState()
    made.add_domain("xisx.org")
    made.add_domain("tagged.example", tags=("LLM",))
    for address, tags in ((ANN, ["llm"]), (BOB, []), (CAT, [])):
        local, _, domain = address.partition("@")
        made._store_mailbox(address, {"local_part": local, "domain": domain, "tags": tags})
    return made


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database."""
    url = f"sqlite:///{tmp_path / 'db'}"
    await migrate(url)
    async with open_database(url, rendering=RENDERING) as opened:
        yield opened


@pytest.fixture
async def opt_in(state: MailcowState, database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[OptIn]:
    """The sync over both."""
    access = MailcowAccess(url="https://mail.xisx.org", key=SecretStr("RW-KEY"))
    http = MailcowHttp(access, TlsPolicy())
    real = http._open

    def opened() -> httpx.AsyncClient:
        client = real()
        client._transport = httpx.ASGITransport(app=MailcowServer(state).app)
        return client

    monkeypatch.setattr(http._client, "_open", opened)
    yield OptIn(
        directory=MailcowDirectory(MailcowMailboxes(http), MailcowObjects(http)),
        said=database.opt_ins,
        preferences=database.preferences,
        history=database.history,
        clock=FixedClock(NOON),
        settings=lambda: SETTINGS,
    )
    await http.aclose()


async def test_tags_of_mailboxes_and_domains_choose(opt_in: OptIn, database: Database) -> None:
    """A tag in whatever case; a mailbox tagged later is noticed, one that lost its tag is released."""
    await opt_in.sync()
    assert await database.preferences.chosen_mailboxes() == (ANN, CAT)


async def test_changes_are_followed(opt_in: OptIn, state: MailcowState, database: Database) -> None:
    """New, untagged, deleted and opted-out mailboxes; the attribute weighs more than any tag."""
    await opt_in.sync()
    state.mailboxes[BOB]["tags"] = ["llm"]
    state.mailboxes[ANN]["tags"] = []
    state.edit_custom(CAT, {"attribute": ["llm_enabled"], "value": ["0"]})
    await opt_in.sync()
    assert await database.preferences.chosen_mailboxes() == (BOB,)
    state.delete_mailbox(BOB)
    state.edit_custom(ANN, {"attribute": ["llm_enabled"], "value": ["1"]})
    assert await opt_in.sync() == 2
    assert await database.preferences.chosen_mailboxes() == (ANN,)


async def test_what_an_owner_changes_here_stays(opt_in: OptIn, database: Database) -> None:
    """mailcow's word counts when it changes, not each time it is read."""
    await opt_in.sync()
    wishes = await database.preferences.get_preferences(ANN)
    await database.preferences.set_preferences(replace(wishes, chosen=False), now=NOON)
    assert await opt_in.sync() == 0
    assert await database.preferences.chosen_mailboxes() == (CAT,)


async def test_an_empty_list_is_not_believed(opt_in: OptIn, state: MailcowState, database: Database) -> None:
    """An API that suddenly shows nothing releases nobody."""
    await opt_in.sync()
    state.mailboxes.clear()
    assert await opt_in.sync() == 0
    assert await database.preferences.chosen_mailboxes() == (ANN, CAT)


async def test_a_whole_domain(opt_in: OptIn, state: MailcowState, database: Database) -> None:
    """GLASSDOME_DOMAINS chooses every mailbox of a domain, a later one too; its owner's attribute may say no."""
    by_domain = replace(opt_in, settings=lambda: CHOSEN_DOMAIN)
    state.edit_custom(ANN, {"attribute": ["llm_enabled"], "value": ["0"]})
    await by_domain.sync()
    assert await database.preferences.chosen_mailboxes() == (BOB, CAT)
    state._store_mailbox("dan@xisx.org", {"local_part": "dan", "domain": "xisx.org", "tags": []})
    await by_domain.sync()
    assert await database.preferences.chosen_mailboxes() == (BOB, CAT, "dan@xisx.org")
