"""The process is ended at each commit and each change of the mailbox or of SMTP, started again, and ends as if it had lived."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.integration.ended.world import DRAFTS
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix

ROOT = Path(__file__).parents[3]


def plan_for(dovecot: Dovecot, postfix: Postfix, folder: Path, url: str, **more: Any) -> dict[str, Any]:
    """Return what the driver must know."""
    return {
        "folder": str(folder),
        "url": url,
        "users": str(dovecot.base / "users"),
        "imap_port": dovecot.imap_port,
        "imaps_port": dovecot.imaps_port,
        "lmtp_port": dovecot.lmtp_port,
        "smtp_port": postfix.submission_port,
        "ca": str(dovecot.certificates.ca),
        **more,
    }


def driven(dovecot: Dovecot, postfix: Postfix, folder: Path, **more: Any) -> dict[str, Any]:
    """Let the driver do it on SQLite, and return its findings."""
    plan = folder / "plan.json"
    plan.write_text(json.dumps(plan_for(dovecot, postfix, folder, "sqlite:///{folder}/glassdome.db", **more)))
    done = subprocess.run(
        [sys.executable, "-m", "tests.integration.ended.drive", str(plan)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.stdout, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.servers
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_end_leads_to_the_same_end(dovecot: Dovecot, postfix: Postfix, tmp_path: Path) -> None:
    """On SQLite, with real Dovecot and Postfix; `benchmarks/every_point.py` does the same on MariaDB."""
    found = driven(dovecot, postfix, tmp_path)

    assert found["failed"] == {}
    assert found["tried"] == sum(map(len, found["effects"])) > 20
    assert found["missed"] < found["tried"] / 5
    assert found["undisturbed"]["alert"] == {"action": ["done"], "outbox": ["sent"], "delivered": 1}
    assert len(found["undisturbed"]["analyses"]) == 2
    assert [row[0] for row in found["undisturbed"]["mail"]].count(DRAFTS) == 1


@pytest.mark.servers
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_threads_survive_every_end(dovecot: Dovecot, postfix: Postfix, tmp_path: Path) -> None:
    """Each mail is a turn once, each keyword is set once, and one reminder lies where its owner writes."""
    found = driven(dovecot, postfix, tmp_path, threads=True)
    end = found["undisturbed"]

    assert found["failed"] == {}
    assert found["tried"] == sum(map(len, found["effects"])) > 20
    assert found["missed"] < found["tried"] / 5
    assert [row[:4] for row in end["threads"]] == [
        ["contract@builder.example", "open_me", False, 1],
        ["plans@builder.example", "open_them", True, 1],
    ]
    marked = {(row[0], word) for row in end["mail"] for word in row[2] if word.startswith("glassdome-")}
    assert marked == {("INBOX", "glassdome-answer"), ("Sent", "glassdome-waiting")}
    assert [row[0] for row in end["mail"]].count(DRAFTS) == 1
