"""The Python of docs/howto/agent.md, word for word, on real servers; its domain is that of the tests."""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
from pathlib import Path
from typing import Any

import pytest
from blockbuster import BlockBuster

from glassdome.agents.mailcow_agent import MailcowAgent
from tests.integration.agents.test_actions import born, letter, make_agent, stored
from tests.servers.mailcow import Mailcow

PAGE = Path(__file__).parents[3] / "docs" / "howto" / "agent.md"


async def run(text: str, domain: str, names: dict[str, Any]) -> None:
    """Run one block; what it names stays for the next."""
    code = compile(text.replace("example.org", domain), "agent.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    found = eval(code, names)
    if inspect.isawaitable(found):
        await found


async def test_the_page(mailcow: Mailcow, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest) -> None:
    """Send, watch, and work through commands: each block does what the page says of it."""
    sending, watching, working = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    async with await make_agent(mailcow) as helper:
        for name in ("alerts", "team", "commands"):
            await born(helper, name)
        box = f"commands@{mailcow.domain}"
        mailcow.dovecot.deliver(box, letter("restart web1"))
        async with helper.client.session(box, "SecurePassword123!") as session:
            await session.create("Archive")

    guard: BlockBuster = request.getfixturevalue("_no_blocked_loop")
    guard.deactivate()  # a script of ten lines may read its settings where it stands
    await run(sending, mailcow.domain, names)
    guard.activate()
    assert names["result"]["success"]
    agent: MailcowAgent = names["agent"]
    # The page's loop goes on for ever; what it prints is what it was given.
    watch = asyncio.create_task(run(watching, mailcow.domain, names))
    printed = ""
    async with asyncio.timeout(60):
        while "restart web1" not in printed:
            await asyncio.wait([watch], timeout=0.05)
            printed += capsys.readouterr().out
    watch.cancel()
    await asyncio.gather(watch, return_exceptions=True)
    await run(working, mailcow.domain, names)
    await agent.aclose()

    flags, mail = (await stored(mailcow, box, "Archive"))[0]
    assert mail["subject"] == "restart web1"
    assert "Seen" in flags
    assert "done" in flags
