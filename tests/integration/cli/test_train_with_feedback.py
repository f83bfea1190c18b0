"""`glassdome train --with-feedback`: corrected mail is fetched from where it lies now; a worse model is never written."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from glassdome.bootstrap.models import builtin_engine
from glassdome.cli.app import app
from glassdome.core.config import Settings
from glassdome.engine.builtin.classifier import read_classifier
from glassdome.parse import parse_message
from glassdome.shapes.rendering import RENDERING
from glassdome.store import migrate, open_database
from glassdome.values.context import Context
from glassdome.values.feedback import Feedback
from glassdome.values.job import NewJob
from glassdome.values.refs import MessageRef
from glassdome.values.verdict import Label
from glassdome_lab.training import Recipe
from glassdome_lab.training.synthetic import synthetic_mail
from tests.samples import an_analysis
from tests.servers.certificates import SERVER_NAME
from tests.servers.dovecot import PASSWORD, Dovecot

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
QUICK = Recipe(synthetic_ham=20, synthetic_phish=10, least_documents=2, least_sources=1, most_per_source=60)
Letter = tuple[str, str]


def letter(subject: str, text: str, number: int = 0) -> bytes:
    """A raw message."""
    message = EmailMessage()
    message["Subject"], message["From"] = subject, "a@x.example"
    message["Message-ID"] = f"<{number}@x.example>"
    message.set_content(text)
    return message.as_bytes()


def mails(label: str, count: int, seed: int) -> list[Letter]:
    """Made-up mail."""
    return [(subject, text) for subject, text, _ in synthetic_mail(label, count, seed)]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Two sources of ham and one of phish."""
    everything = [
        ("ham/one", mails("ham", 40, 1)),
        ("ham/two", mails("ham", 40, 2)),
        ("phish/pot", mails("phish", 40, 3)),
    ]
    for name, found in everything:
        folder = tmp_path / "corpus" / name
        folder.mkdir(parents=True)
        for number, (subject, text) in enumerate(found):
            (folder / f"{number}.eml").write_bytes(letter(subject, text))
    return tmp_path / "corpus"


@pytest.fixture
def owner(dovecot: Dovecot, mailbox: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A chosen mailbox, the settings to reach it, and a recipe that takes a second."""
    values = {
        "MAILCOW_IMAP_HOST": dovecot.host,
        "MAILCOW_IMAP_PORT": str(dovecot.imap_port),
        "MAILCOW_CA_FILE": str(dovecot.certificates.ca),
        "MAILCOW_SERVER_NAME": SERVER_NAME,
        "GLASSDOME_MAILBOXES": f"{mailbox}:{PASSWORD}",
        "GLASSDOME_DATABASE_URL": f"sqlite:///{tmp_path / 'glassdome.db'}",
        "GLASSDOME_ENGINE": "builtin",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.modules["glassdome_lab.training.train"], "Recipe", lambda: QUICK)
    return mailbox


def corrected(dovecot: Dovecot, owner: str, letters: Sequence[Letter], label: Label, *, moved: int = 0) -> None:
    """Deliver mail, write down what it really is, and move the first `moved` of it to Junk."""
    for number, (subject, text) in enumerate(letters):
        dovecot.deliver(owner, letter(subject, text, number))
    validity = dovecot.doveadm("-f", "flow", "mailbox", "status", "-u", owner, "uidvalidity", "INBOX").split("=")[1]

    url = Settings().database

    async def write() -> None:
        await migrate(url)
        async with open_database(url, rendering=RENDERING) as database:
            for number, (subject, text) in enumerate(letters):
                ref = MessageRef(mailbox=owner, uid_validity=int(validity), uid=number + 1)
                read = parse_message(letter(subject, text, number))
                analysis = an_analysis(ref, message_id=read.message_id, content_hash=read.content_hash)
                await database.queue.enqueue([NewJob(ref=ref)], now=NOON)
                (job,) = await database.queue.claim("w", limit=1, lease=timedelta(hours=1), now=NOON)
                await database.queue.complete(job, analysis, actions=[], now=NOON)
                correction = Feedback(ref=ref, label=label, actor=f"mailbox:{owner}")
                await database.history.record_feedback(correction, now=NOON)

    asyncio.run(write())
    if moved:
        dovecot.doveadm("move", "-u", owner, "Junk", "mailbox", "INBOX", "uid", f"1:{moved}")


def train(corpus: Path, out: Path) -> Result:
    """Run the command."""
    return CliRunner().invoke(app, ["train", str(corpus), "--out", str(out), "--with-feedback"])


def test_a_worse_model_is_not_written(dovecot: Dovecot, owner: str, corpus: Path, tmp_path: Path) -> None:
    """Corrections that call ordinary mail phishing leave the old file, say why, and end with 1."""
    (tmp_path / "m.npz").write_bytes(b"the old model")
    corrected(dovecot, owner, [*mails("ham", 40, 1), *mails("ham", 40, 2)], Label.PHISH)

    result = train(corpus, tmp_path / "m.npz")

    assert (1, b"the old model") == (result.exit_code, (tmp_path / "m.npz").read_bytes()), result.output
    assert "Not written: It " in " ".join(result.stderr.split())


def test_a_better_model_is_written_and_used(
    dovecot: Dovecot, owner: str, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also what was moved since is learned from; GLASSDOME_TEXT_MODEL makes the result the one that judges."""
    garden = [(f"Garden {n}", f"The tulips in bed {n} are in bloom, row {n}.") for n in range(12)]
    corrected(dovecot, owner, garden, Label.HAM, moved=6)

    result = train(corpus, tmp_path / "m.npz")

    assert 0 == result.exit_code, result.output
    assert "left out" not in result.stderr
    monkeypatch.setenv("GLASSDOME_TEXT_MODEL", str(tmp_path / "m.npz"))
    engine = builtin_engine(Settings())
    assert engine is not None
    message = parse_message(letter("Garden", "The tulips in bed 40 are in bloom."))
    context = Context(now=NOON)
    opinion = engine.read(message, signals=(), sensitive=(), context=context)
    assert (opinion.model, opinion.phishing < 0.5) == (read_classifier(tmp_path / "m.npz").name, True)
