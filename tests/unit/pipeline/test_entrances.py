"""One mail, judged by every entrance: the score and the reasons are the same."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from glassdome.agents.overseer import OverseerAgent
from glassdome.cli.judge_files import FileJudge
from glassdome.cli.mail_files import MailFile
from glassdome.core.clock import FixedClock
from glassdome.core.config import Settings
from glassdome.desk import wiring
from glassdome.mcp import opening
from glassdome.pipeline.context import ContextLoader, for_file, own_domains
from glassdome.pipeline.plugins import SHIPPED
from glassdome.pipeline.process import JudgeOptions, judge, warm_up
from glassdome.shapes.rendering import RENDERING
from glassdome.store import migrate, open_database
from glassdome.values.preferences import Preferences
from glassdome.values.refs import MessageRef
from glassdome_lab.evaluation.stages import OfflineStages as EvaluationStages
from tests.samples import NOON

MAILBOX = "ann@werkstatt-hafen.example"
REF = MessageRef(mailbox=MAILBOX, folder="INBOX", uid_validity=1, uid=1)
#: A look-alike of the owner's domain asks for a password, and our server says who sent it.
RAW = b"""Authentication-Results: mx.werkstatt-hafen.example; dmarc=pass header.from=werkstatt-hafem.example
From: IT help desk <it@werkstatt-hafem.example>
To: ann@werkstatt-hafen.example
Subject: Your password expires today

Please confirm your password: https://werkstatt-hafem.example/login?u=ann
"""
CLOCK = FixedClock(NOON)
Entrance = Callable[[Settings, Path], Awaitable[dict[str, Any]]]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        mailcow_domain="werkstatt-hafen.example", authserv_id="mx.werkstatt-hafen.example", data_dir=tmp_path
    )


def _said(verdict: Any) -> dict[str, Any]:
    reasons = [(reason.signal, reason.why, reason.evidence) for reason in verdict.phishing_reasons]
    return {"score": round(verdict.phishing_score, 6), "spam": round(verdict.spam_score, 6), "reasons": reasons}


async def worker(settings: Settings, folder: Path) -> dict[str, Any]:
    url = f"sqlite:///{folder / 'db'}"
    await migrate(url)
    async with open_database(url, rendering=RENDERING) as database:
        loader = ContextLoader(
            history=database.history, preferences=database.preferences, clock=CLOCK, settings=lambda: settings
        )
        options = JudgeOptions(authserv_ids=settings.authserv_ids, clock=CLOCK)
        wanted = Preferences(username=MAILBOX)
        judged = await judge(
            RAW, REF, load=lambda message: loader.for_mailbox(MAILBOX, message, wanted), options=options
        )
    return _said(judged.analysis.verdict)


async def rest_and_rspamd(settings: Settings, folder: Path) -> dict[str, Any]:
    return _said(await wiring._judge(lambda: settings, CLOCK, None, SHIPPED, None)(RAW))


async def mcp(settings: Settings, folder: Path) -> dict[str, Any]:
    app: Any = SimpleNamespace(
        settings=SimpleNamespace(current=lambda: settings), clock=CLOCK, builtin=None, extended=SHIPPED, files=None
    )
    return _said((await opening._judge(app, RAW, REF)).verdict)


async def mail_command(settings: Settings, folder: Path) -> dict[str, Any]:
    overseer = await asyncio.to_thread(OverseerAgent, settings=settings, clock=CLOCK)
    _, verdict = await overseer.analyze(RAW)
    return _said(verdict)


async def evaluation(settings: Settings, folder: Path) -> dict[str, Any]:
    stages = EvaluationStages(context=for_file(now=NOON, ours=own_domains(settings)))
    return _said(stages.decide(stages.read(RAW, authserv_ids=settings.authserv_ids)))


@pytest.mark.parametrize("entrance", [worker, mcp, mail_command, evaluation])
async def test_every_entrance_comes_to_the_same_verdict(entrance: Entrance, settings: Settings, tmp_path: Path) -> None:
    await warm_up()
    expected = await rest_and_rspamd(settings, tmp_path)
    assert "from_lookalike" in [name for name, _, _ in expected["reasons"]]
    assert await entrance(settings, tmp_path) == expected


async def test_files_are_judged_as_requests_are(settings: Settings, tmp_path: Path) -> None:
    await warm_up()
    judge_files = FileJudge(
        options=JudgeOptions(authserv_ids=settings.authserv_ids, clock=CLOCK),
        own_domains=own_domains(settings),
        clock=CLOCK,
    )
    rows = [row async for row in judge_files.rows(iter([MailFile(name="one.eml", raw=RAW)]))]
    expected = await mcp(settings, tmp_path)
    assert round(rows[0]["phishing_score"], 4) == round(expected["score"], 4)
    assert [reason["signal"] for reason in rows[0]["phishing_reasons"]] == [name for name, _, _ in expected["reasons"]]


@pytest.mark.parametrize(
    ("authserv_id", "domains"),
    [
        ("mail.example.org", {"example.org"}),
        ("mx.google.com", set()),
        ("mailserver", set()),
        ("mail.example.org, mx2.other.example", {"example.org", "other.example"}),
    ],
)
def test_our_mail_server_names_our_domain(authserv_id: str, domains: set[str], tmp_path: Path) -> None:
    settings = Settings(authserv_id=authserv_id, mailcow_domain=None, data_dir=tmp_path)
    assert own_domains(settings) == domains
