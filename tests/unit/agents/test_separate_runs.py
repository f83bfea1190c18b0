"""The seed's style: each call in an `asyncio.run` of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_SEED_STYLE = """
import asyncio
from glassdome.agents.mailcow_agent import MailcowAgent
agent = MailcowAgent("agent", "https://127.0.0.1:1", "uid", "password", "x.test")
for task in ({"action": "list_mailboxes"}, {"action": "send_email", "mailbox": "a@x.test", "to_addresses": ["b@x.test"]}):
    print(asyncio.run(agent.execute(task))["code"])
print(asyncio.run(agent.monitor_all_mailboxes())["success"])
"""


def test_every_run_ends_without_a_word(tmp_path: Path) -> None:
    """The database is opened and closed with each loop; no traceback is printed when one ends."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "GLASSDOME_DATA_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", _SEED_STYLE],
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
        env=environment,
        cwd=tmp_path,
    )

    told = [line for line in done.stdout.splitlines() if "task_failed" not in line]
    assert (["connect_failed", "login_refused", "True"], "") == (told, done.stderr)
