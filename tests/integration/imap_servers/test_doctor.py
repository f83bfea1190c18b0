"""The doctor says which chosen actions a mailbox or its server cannot do."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from glassdome.cli.checks import Check, Health, all_checks
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.shapes.rendering import RENDERING
from glassdome.store import migrate, open_database
from glassdome.values.preferences import Preferences
from tests.integration.imap_servers.conftest import BOB, Bench
from tests.samples import NOON
from tests.servers.certificates import Certificates
from tests.servers.scripted_imap import Folder


async def findings(bench: Bench, folder: Path, certificates: Certificates, **wishes: bool) -> list[Check]:
    """Return what the doctor says of the actions of Bob's mailbox."""
    url = f"sqlite:///{folder / 'glassdome.db'}"
    await migrate(url)
    async with open_database(url, rendering=RENDERING) as database:
        await database.preferences.set_preferences(Preferences(username=BOB, chosen=True, **wishes), now=NOON)
    given = {
        "database_url": url,
        "data_dir": folder,
        "mailcow_imap_host": "localhost",
        "mailcow_imap_port": bench.server.port,
        "imap_tls": "implicit",
        "mailcow_ca_file": certificates.ca,
        "mailboxes": f"{BOB}:pw",
    }
    settings = await asyncio.to_thread(lambda: Settings(**given))
    found = [check async for check in all_checks(settings, clock=SystemClock())]
    assert [check.health for check in found if check.name == "imap"] == [Health.OK]
    return [check for check in found if check.name == "actions"]


@pytest.mark.parametrize("capabilities", [" MOVE", " UIDPLUS"])
async def test_what_works_is_not_spoken_of(
    bench: Bench, tmp_path: Path, certificates: Certificates, capabilities: str
) -> None:
    """Junk is there, keywords are kept, mail can be moved."""
    bench.server.capabilities += capabilities
    chosen = {"move_to_junk": True, "flag_phishing": True, "flag_categories": True}
    assert not await findings(bench, tmp_path, certificates, **chosen)


async def test_what_cannot_work_is_warned_of(bench: Bench, tmp_path: Path, certificates: Certificates) -> None:
    """Each with what to do."""
    bench.server.permanent = "\\Seen"
    bench.server.mailboxes[BOB][1:] = [Folder("Sent")]
    found = await findings(bench, tmp_path, certificates, move_to_junk=True, flag_phishing=True)
    assert [check.health for check in found] == [Health.WARN] * 3
    told = " ".join(check.detail for check in found)
    assert all(words in told for words in ("no Junk folder", "neither MOVE nor UID EXPUNGE", "keeps no keywords"))
    assert all(check.fix for check in found)


async def test_what_is_not_chosen_is_not_tried(bench: Bench, tmp_path: Path, certificates: Certificates) -> None:
    """The doctor opens nothing for changes then."""
    bench.server.permanent = "\\Seen"
    bench.server.mailboxes[BOB][1:] = []
    assert not await findings(bench, tmp_path, certificates)
    assert not bench.server.commands("^SELECT")
