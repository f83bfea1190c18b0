"""Folders whose UIDVALIDITY changes: mail that was judged is known again, and what changes each time is told of."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from glassdome.core.clock import FixedClock
from glassdome.mailbox.arrivals import Arrivals
from glassdome.parse import parse_message
from glassdome.pipeline.rebuilt import Rebuilt
from glassdome.ports.store import AnalysisQuery
from glassdome.shapes.rendering import RENDERING
from glassdome.store import Database, migrate, open_database
from glassdome.values.action import Action, ActionKind, ActionState
from glassdome.values.analysis import Analysis
from glassdome.values.feedback import Feedback
from glassdome.values.job import Job, JobReason, NewJob
from glassdome.values.preferences import Preferences
from glassdome.values.refs import Cursor, MessageRef
from glassdome.values.verdict import Label
from tests.contract.store.contracts_store import analysed
from tests.integration.imap_servers.conftest import BOB, Bench
from tests.samples import NOON, an_analysis
from tests.servers.certificates import Certificates
from tests.servers.courier import Courier
from tests.servers.dovecot import PASSWORD
from tests.servers.scripted_imap import RAW, scripted
from tests.servers.service import Service, serving


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """An empty SQLite database."""
    url = f"sqlite:///{tmp_path / 'glassdome.db'}"
    await migrate(url)
    async with open_database(url, rendering=RENDERING) as opened:
        yield opened


def environment(port: int, certificates: Certificates, mailbox: str, password: str = "pw") -> dict[str, str]:
    """Point a service at the server."""
    return {
        "GLASSDOME_IMAP_HOST": "localhost",
        "GLASSDOME_IMAP_PORT": str(port),
        "GLASSDOME_IMAP_TLS": "implicit",
        "GLASSDOME_CA_FILE": str(certificates.ca),
        "GLASSDOME_MAILBOXES": f"{mailbox}:{password}",
        "LLM_PROCESSING_INTERVAL": "1",
    }


async def judged(service: Service, mailbox: str, count: int) -> list[str]:
    """Wait for so many analyses and return their subjects."""
    async with asyncio.timeout(100):
        while len(found := await service.analyses(mailbox)) < count:  # noqa: ASYNC110 (a REST API tells only who asks)
            await asyncio.sleep(0.2)
    return sorted(item["subject"] for item in found)


def mail(number: int) -> bytes:
    """A mail of its own."""
    return RAW.replace(b"<m@", b"<%d@" % number).replace(b"Subject: t", b"Subject: %d" % number)


async def test_a_rebuilt_folder_is_known_again(tmp_path: Path, certificates: Certificates) -> None:
    """Through a real service: after two rebuilds each mail has one analysis, under its new name, and a warning was given."""
    async with (
        scripted(certificates) as server,
        serving(tmp_path, environment(server.port, certificates, BOB)) as service,
    ):
        await server.until("^IDLE")
        for number in (1, 2):
            server.deliver(BOB, mail(number))
        assert await judged(service, BOB, 2) == ["1", "2"]
        inbox = server.folder(BOB)
        for validity in (8, 9):
            for stored in inbox.mails:
                stored.uid += 10
            inbox.uid_next, inbox.validity = inbox.uid_next + 10, validity
            server.deliver(BOB, mail(validity))
            assert await judged(service, BOB, validity - 5) == ["1", "2", *map(str, range(8, validity + 1))]
            await renamed(service, validity)
        assert await service.logged("folder_rebuilt_again")
        assert len(await service.logged("message_recognised")) == 5


async def renamed(service: Service, validity: int) -> None:
    """Wait until every analysis bears the new UIDVALIDITY."""
    async with asyncio.timeout(100):
        while {item["uid_validity"] for item in await service.analyses(BOB)} != {validity}:  # noqa: ASYNC110
            await asyncio.sleep(0.2)


async def test_courier_is_settled(tmp_path: Path, courier: Courier) -> None:
    """A real Courier whose folder nobody selected: its UIDVALIDITY is the clock. Each mail is judged once all the same."""
    mailbox = await asyncio.to_thread(courier.add_mailbox)
    settings = environment(courier.port, courier.certificates, mailbox, PASSWORD)
    async with serving(tmp_path, settings) as service:
        async with asyncio.timeout(100):
            while not await service.logged("uid_validity_moves"):  # noqa: ASYNC110 (a log tells only who reads it)
                await asyncio.sleep(0.2)
        for number in (1, 2):
            await asyncio.to_thread(courier.deliver, mailbox, mail(number))
        assert await judged(service, mailbox, 2) == ["1", "2"]
        await asyncio.to_thread(courier.deliver, mailbox, mail(3))
        assert await judged(service, mailbox, 3) == ["1", "2", "3"]
        assert not await service.logged("folder_rebuilt")
        queue = await service.get("/api/v1/get/llm/queue", limit=500)
    assert queue["depth"]["failed"] == queue["depth"]["cancelled"] == 0


async def test_a_validity_that_never_stands(tmp_path: Path, certificates: Certificates) -> None:
    """Another UIDVALIDITY at each opening, after a SELECT too: it says nothing, and each mail is judged once."""
    async with scripted(certificates) as server:
        server.validity_moves = 1
        async with serving(tmp_path, environment(server.port, certificates, BOB)) as service:
            await server.until("^IDLE")
            for number in (1, 2):
                server.deliver(BOB, mail(number))
            assert await judged(service, BOB, 2) == ["1", "2"]
            server.deliver(BOB, mail(3))
            assert await judged(service, BOB, 3) == ["1", "2", "3"]
            assert len(await service.logged("uid_validity_never_stands")) == 1
            depth = (await service.get("/api/v1/get/llm/queue"))["depth"]
    assert depth["failed"] == depth["cancelled"] == 0


READ = parse_message(RAW)
OLD = MessageRef(mailbox=BOB, uid_validity=7, uid=2)
NEW = replace(OLD, uid_validity=8, uid=77)


def known_before(**changes: Any) -> Analysis:
    """Return the analysis that RAW had before the rebuild."""
    whole = {"ref": OLD, "message_id": READ.message_id, "content_hash": READ.content_hash}
    return an_analysis(**(whole | changes))


async def job_of(database: Database, **changes: Any) -> Job:
    """Return the job of RAW under its new name."""
    await database.queue.enqueue([NewJob(ref=NEW)], now=NOON)
    job = await database.queue.get(NEW)
    assert job is not None
    return replace(job, **changes)


@pytest.mark.parametrize(
    ("before", "job"),
    [
        ({"content_hash": "f" * 64}, {}),
        ({"message_id": "other@example.org"}, {}),
        ({"ref": replace(OLD, folder="Lists")}, {}),
        ({"ref": replace(OLD, mailbox="ann@example.net")}, {}),
        ({"ref": replace(OLD, uid_validity=8)}, {}),
        ({}, {"reason": JobReason.ASKED}),
        ({}, {"force": True}),
    ],
    ids=["content", "message id", "folder", "mailbox", "same rebuild", "asked for", "forced"],
)
async def test_what_is_not_the_same(database: Database, before: dict[str, Any], job: dict[str, Any]) -> None:
    """Only Message-ID and content in the same folder prove it; and what a person asks for is judged anew."""
    rebuilt = Rebuilt(database.analyses)
    await analysed(database, known_before())
    assert await rebuilt.known(await job_of(database), RAW) == known_before()
    await database.analyses.delete(AnalysisQuery(mailbox=BOB))
    await analysed(database, known_before(**before))
    assert await rebuilt.known(await job_of(database, **job), RAW) is None


async def test_what_is_known_goes_over(database: Database) -> None:
    """A correction and the actions stand under the new name; the old analysis and its job are gone, and totals stay."""
    keyword = Action(ref=OLD, kind=ActionKind.ADD_KEYWORD, argument="$Phishing")
    await analysed(database, known_before(), actions=(keyword,))
    await database.actions.finish(keyword, state=ActionState.DONE, now=NOON)
    await database.history.record_feedback(Feedback(ref=OLD, label=Label.HAM, actor="ann"), now=NOON)
    before = await database.analyses.statistics(AnalysisQuery(mailbox=BOB))
    await database.queue.enqueue([NewJob(ref=NEW)], now=NOON)
    (job,) = await database.queue.claim("w", limit=1, lease=timedelta(hours=1), now=NOON)
    assert await database.queue.complete(job, known_before(ref=NEW), actions=(), now=NOON, instead_of=OLD)
    assert await database.analyses.get(OLD) is None
    assert await database.queue.get(OLD) is None
    assert await database.analyses.get(NEW) == known_before(ref=NEW)
    (moved,) = await database.actions.of(NEW)
    assert (moved.state, moved.action.ref) == (ActionState.DONE, NEW)
    said = await database.feedback.get(NEW)
    assert said is not None
    assert said.label is Label.HAM
    assert await database.analyses.statistics(AnalysisQuery(mailbox=BOB)) == before


async def test_two_rebuilds_are_warned_of(bench: Bench, database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    """One may be a restored backup; a second one within a day is a fault of the server's."""
    clock = FixedClock(datetime.now(UTC))
    await database.preferences.set_preferences(Preferences(username=BOB, chosen=True), now=clock.now())
    arrivals = Arrivals(bench.source, database.queue, database.cursors, clock=clock)
    for validity, warned in ((7, 0), (8, 0), (9, 1)):
        bench.server.folder(BOB).validity = validity
        await arrivals.poll(BOB, "INBOX")
        assert capsys.readouterr().out.count("folder_rebuilt_again") == warned
    clock.advance(timedelta(days=2).total_seconds())
    bench.server.folder(BOB).validity = 10
    await arrivals.poll(BOB, "INBOX")
    assert "folder_rebuilt_again" not in capsys.readouterr().out


async def test_a_moving_validity_is_settled_once(bench: Bench) -> None:
    """STATUS and EXAMINE answer with another UIDVALIDITY each time until the folder is selected, as Courier's do."""
    for number in range(100, 140):
        said = b"* 3 EXISTS\r\n* OK [UIDVALIDITY %d] ok\r\n* OK [UIDNEXT 4] ok\r\nTAG OK\r\n" % number
        bench.server.script("EXAMINE", said, times=1)
    bench.server.on_select = bench.server.unscript
    found = await bench.source.new_uids(BOB, "INBOX", Cursor(uid_validity=99, last_uid=3))
    assert (found.cursor.uid_validity, found.reset) == (7, True)
    assert len(bench.server.commands("^SELECT")) == 1
    assert (await bench.source.new_uids(BOB, "INBOX", found.cursor)).uids == ()
