"""The check of a signature, as its page shows it, accepts our requests and refuses others."""

from __future__ import annotations

import json
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright._impl._driver import compute_driver_executable

from glassdome.core.signing import new_secret
from glassdome.pipeline.webhook_letters import letter
from glassdome.values.event import Event, EventKind

PAGE = (Path(__file__).parents[3] / "docs" / "howto" / "webhooks.md").read_text(encoding="utf-8")
NOW = datetime(2026, 11, 30, 7, 12, tzinfo=UTC)


def test_the_shown_check_works() -> None:
    """Genuine, changed, of another secret, old; and with two signatures while a secret changes."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(code, "webhooks.md", "exec"), names)
    check, old, new = names["is_genuine"], new_secret(), new_secret()
    event = Event(id=1, name="evt_1", kind=EventKind.HEALTH, mailbox="", at=NOW, data={"status": "healthy"})
    post = letter(event, url="https://x.example/", secrets=[new, old], now=NOW)
    at = NOW.timestamp()

    assert [check(post.headers, post.body, key.get_secret_value(), at) for key in (old, new)] == [True, True]
    assert not check(post.headers, post.body + b" ", old.get_secret_value(), at)
    assert not check(post.headers, post.body, new_secret().get_secret_value(), at)
    assert not check(post.headers, post.body, old.get_secret_value(), at + 301)


def test_the_check_for_n8n_works() -> None:
    """The same requests, by the JavaScript that the page gives to a Code node; run by the Node.js of the browser tests."""
    code, use = re.findall(r"```javascript\n(.*?)```", PAGE, re.DOTALL)
    assert "isGenuine(item.json.headers, body, $env.GLASSDOME_SECRET)" in use
    old, new = new_secret(), new_secret()
    event = Event(id=1, name="evt_1", kind=EventKind.HEALTH, mailbox="", at=NOW, data={"status": "gesund ü"})
    post = letter(event, url="https://x.example/", secrets=[new, old], now=NOW)
    at, body = NOW.timestamp(), post.body.decode()
    wrong = {**post.headers, "webhook-signature": "v1,abc v1,"}
    tries = [
        (post.headers, body, new, at),
        (post.headers, body, old, at),
        (post.headers, body + " ", old, at),
        (post.headers, body, new_secret(), at),
        (post.headers, body, old, at + 301),
        (wrong, body, old, at),
    ]
    asked = json.dumps([[dict(head), text, key.get_secret_value(), now] for head, text, key, now in tries])
    script = f"{code}\nconsole.log(JSON.stringify({asked}.map(([h, b, s, n]) => isGenuine(h, Buffer.from(b), s, n))));"
    node, _ = compute_driver_executable()
    done = subprocess.run([node, "-"], input=script, capture_output=True, text=True, check=True)

    assert json.loads(done.stdout) == [True, True, False, False, False, False]


def test_the_page_names_every_event() -> None:
    """In its table."""
    assert [kind for kind in EventKind if f"| `{kind}` |" not in PAGE] == []
