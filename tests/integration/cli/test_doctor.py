"""`glassdome doctor` against real servers, as a program of its own: every connection is made, and ends well."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.servers.mailcow import Mailcow

GLASSDOME = Path(sys.executable).parent / "glassdome"


def test_every_connection_is_checked(mailcow: Mailcow, mailbox: str, tmp_path: Path) -> None:
    """IMAP and SMTP over TLS are fine, and closing them leaves no traceback, whatever Python it is."""
    environment = mailcow.environment(tmp_path / "data") | {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "GLASSDOME_MAILBOXES": f"{mailbox}:correct horse",
        "GLASSDOME_SECRET_KEY_FILE": str(tmp_path / "secret.key"),
    }
    done = subprocess.run(
        [GLASSDOME, "doctor", "--json"],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
        env=environment,
        cwd=tmp_path,
    )

    checks = [json.loads(line) for line in done.stdout.splitlines()]
    assert "Traceback" not in done.stderr
    assert [] == [check for check in checks if check["health"] == "fail"]
    assert 0 == done.returncode, done.stderr
    assert {"imap", "smtp"} <= {check["check"] for check in checks}
