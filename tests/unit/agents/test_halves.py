"""Half a character in a task, which JSON can name, is a failure with a code, and never an exception."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from glassdome.agents.mailcow_agent import MailcowAgent
from glassdome.agents.tasks import read_task
from glassdome.core.config import Settings
from tests.servers.process import free_port

HALF = "a\ud800b"
MAIL = {
    "action": "send_email",
    "mailbox": "a@x.test",
    "password": SecretStr("p"),
    "login": "",
    "to_addresses": ["b@x.test"],
    "cc": ["c@x.test"],
    "subject": "s",
    "body": "t",
    "html_body": "h",
    "from_name": "n",
    "in_reply_to": "<1@x.test>",
    "references": ["<1@x.test>"],
    "idempotency_key": "k",
    "attachments": [{"filename": "f", "content": "c", "content_id": "i"}, {"path": "p"}],
}
TASKS = (
    MAIL,
    {"action": "create_mailbox", "local_part": "b", "password": "pw", "name": "n", "domain": "x.test", "tags": ["t"]},
    {"action": "monitor_mailbox", "mailbox": "a@x.test", "password": "p", "folder": "f", "login": "l"},
    {"action": "list_mailboxes", "domain": "x.test", "tags": ["t"]},
    {"action": "delete_mailbox", "mailbox": "a@x.test"},
    {"action": "delete_mailbox", "mailbox_id": "a@x.test"},
)


def spoiled(value: Any) -> Iterator[Any]:
    """Yield the value once for each text in it, with that text spoiled."""
    if isinstance(value, SecretStr):
        yield SecretStr(HALF)
    elif isinstance(value, str):
        yield HALF
    elif isinstance(value, list):
        yield from ([*value[:n], bad, *value[n + 1 :]] for n, item in enumerate(value) for bad in spoiled(item))
    elif isinstance(value, dict):
        yield from (value | {key: bad} for key, item in value.items() for bad in spoiled(item))
        yield value | {HALF: "x"}


@pytest.mark.parametrize("task", [bad for task in TASKS for bad in spoiled(task)], ids=ascii)
def test_it_is_refused(task: dict[str, Any], tmp_path: Path) -> None:
    """Wherever it stands, in a value, a list, an attachment, a password or a key."""
    settings = Settings(mailcow_api_url=f"https://127.0.0.1:{free_port()}", data_dir=tmp_path, mailcow_domain="x.test")

    result = asyncio.run(MailcowAgent.from_settings(settings).execute(task))

    assert (False, "bad_request") == (result["success"], result["code"])
    result["error"].encode()


def test_a_file_name_that_is_no_utf_8_stays() -> None:
    """Python shows a byte of such a name as half a character; as a path it can be opened."""
    path = Path(os.fsdecode(b"/tmp/caf\xe9.txt"))

    task = read_task(MAIL | {"attachments": [{"path": path}]})

    assert (path,) == tuple(file.path for file in task.attachments)  # type: ignore[union-attr]
