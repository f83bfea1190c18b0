"""Try a configured mailcow from end to end: the five steps of the agent's documentation, and nothing is left behind.

Run: python scripts/testing/test_mailcow.py   (reads the environment and `.env`; see `glassdome config show`)

It creates the mailbox glassdome-test@MAILCOW_DOMAIN, mails it, reads it, and deletes it. Its data (cursors, the
password of the test mailbox) lies in a folder that is removed at the end. Exit code 0: every step worked.
"""

from __future__ import annotations

import asyncio
import secrets
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from glassdome.agents.mailcow_agent import MailcowAgent  # noqa: E402
from glassdome.core.config import Settings  # noqa: E402
from glassdome.core.errors import ConfigError, GlassdomeError  # noqa: E402

LOCAL_PART = "glassdome-test"
#: Seconds until the test mail must have arrived; mailcow scans it first.
PATIENCE = 60.0
Result = dict[str, Any]


class Steps:
    """Runs steps one after another and tells how each went."""

    def __init__(self) -> None:
        """Nothing is done yet."""
        self.failed = False
        self._number = 0

    async def step(self, what: str, work: Callable[[], Awaitable[Result]], tell: Callable[[Result], str]) -> Result:
        """Do one step; a failure is told with its reason and does not stop the others."""
        self._number += 1
        result = await work()
        if result.get("success"):
            print(f"[ok]     {self._number}. {what}: {tell(result)}")
        else:
            self.failed = True
            print(f"[FAILED] {self._number}. {what}: {result.get('error')} ({result.get('code')})")
        return result


async def run(agent: MailcowAgent) -> bool:
    """Do the five steps and clean up; say whether all went well."""
    steps, mailbox, password = Steps(), f"{LOCAL_PART}@{agent.domain}", f"Gd1!{secrets.token_urlsafe(18)}"
    subject = f"Glassdome test {secrets.token_hex(4)}"

    async def do(action: str, **task: Any) -> Result:
        return await agent.execute({"action": action} | task)

    await steps.step("List mailboxes", lambda: do("list_mailboxes"), lambda r: f"{r['count']} mailboxes")
    made = await steps.step(
        "Create a test mailbox",
        lambda: do("create_mailbox", local_part=LOCAL_PART, password=password, name="Glassdome test", quota_mb=64),
        lambda r: str(r["mailbox"]),
    )
    if not made["success"]:
        # What is not ours is neither used nor deleted.
        if made.get("created"):
            await do("delete_mailbox", mailbox=mailbox)
        return False
    try:
        text = "This mail was sent by scripts/testing/test_mailcow.py."
        await steps.step(
            "Send a mail to itself",
            lambda: do("send_email", mailbox=mailbox, to_addresses=[mailbox], subject=subject, body=text),
            lambda r: f"{r['message_id']} at {r['sent_at']}",
        )
        await steps.step(
            "Monitor the mailbox",
            lambda: arrival(lambda: do("monitor_mailbox", mailbox=mailbox, unread_only=True), subject),
            lambda r: f"{r['count']} new, {r['messages'][-1]['subject']!r} among them",
        )
        await steps.step(
            "Monitor all registered mailboxes",
            agent.monitor_all_mailboxes,
            lambda r: f"{r['mailboxes_checked']} checked, {sum(m['count'] for m in r['results'].values())} new",
        )
    finally:
        await steps.step("Clean up", lambda: do("delete_mailbox", mailbox=mailbox), lambda r: f"{mailbox} is deleted")
    return not steps.failed


async def arrival(look: Callable[[], Awaitable[Result]], subject: str) -> Result:
    """Look again and again until the mail is there."""
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while True:
        found = await look()
        if not found["success"] or any(m["subject"] == subject for m in found["messages"]):
            return found
        if asyncio.get_running_loop().time() > deadline:
            return {"success": False, "error": f"The mail did not arrive in {PATIENCE:.0f} s.", "code": "not_arrived"}
        await asyncio.sleep(0.5)


def main() -> int:
    """Read the settings, run the steps, and return the exit code."""
    with tempfile.TemporaryDirectory(prefix="glassdome-test-") as folder:
        try:
            settings = Settings(data_dir=Path(folder), database_url=f"sqlite:///{folder}/test.db")
            if not settings.mailcow_api_url:
                raise ConfigError("MAILCOW_API_URL is not set.", fix="This script tries a mailcow; name it.")
            agent = MailcowAgent.from_settings(settings, agent_id="test")
        except GlassdomeError as exc:
            print(f"[FAILED] settings: {exc.public_message}", file=sys.stderr)
            return 2
        return 0 if asyncio.run(_with(agent)) else 1


async def _with(agent: MailcowAgent) -> bool:
    async with agent:
        return await run(agent)


if __name__ == "__main__":
    sys.exit(main())
