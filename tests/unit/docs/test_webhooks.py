"""The check of a signature, as its page shows it, accepts our requests and refuses others."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

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


def test_the_page_names_every_event() -> None:
    """In its table."""
    assert [kind for kind in EventKind if f"| `{kind}` |" not in PAGE] == []
