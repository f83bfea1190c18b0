"""Compare IMAP clients on a private Dovecot: ours, aioimaplib, and IMAPClient in threads.

Run: python benchmarks/imap_library.py   (needs Dovecot, `pip install aioimaplib IMAPClient`)
"""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import aioimaplib
import imapclient
from pydantic import SecretStr

from glassdome.integrations.imap.login import ImapServer, log_in
from glassdome.integrations.tls import TlsPolicy
from glassdome.values.credentials import Credentials
from tests.servers.certificates import make_certificates
from tests.servers.dovecot import PASSWORD, Dovecot

MESSAGES, SIZE, LOGINS, WATCHED, ROUNDS = 400, 32_000, 60, 60, 3


class Ours:
    """glassdome.integrations.imap."""

    name = "glassdome"

    def __init__(self, dovecot: Dovecot) -> None:
        policy = TlsPolicy(ca_file=dovecot.certificates.ca)
        self.server = ImapServer(host="localhost", port=dovecot.imaps_port, tls=policy, implicit_tls=True)

    async def open(self, mailbox: str) -> Any:
        session = await log_in(self.server, Credentials(user=mailbox, password=SecretStr(PASSWORD)))
        await session.examine("INBOX")
        return session

    async def fetch(self, session: Any, uid: int) -> int:
        return len(await session.body(uid, max_bytes=1_000_000))

    async def watch(self, session: Any) -> None:
        await session.idle(3600)

    async def close(self, session: Any) -> None:
        await session.log_out()


class Aioimaplib:
    """aioimaplib 2."""

    name = "aioimaplib"

    def __init__(self, dovecot: Dovecot) -> None:
        self.port = dovecot.imaps_port
        self.context = ssl.create_default_context(cafile=str(dovecot.certificates.ca))

    async def open(self, mailbox: str) -> Any:
        session = aioimaplib.IMAP4_SSL("localhost", self.port, ssl_context=self.context)
        await session.wait_hello_from_server()
        await session.login(mailbox, PASSWORD)
        # After EXAMINE it refuses every UID command ("illegal in state AUTH"), so this one is measured with SELECT.
        await session.select("INBOX")
        return session

    async def fetch(self, session: Any, uid: int) -> int:
        await session.uid("fetch", str(uid), "(UID RFC822.SIZE)")
        return len((await session.uid("fetch", str(uid), "(UID BODY.PEEK[])")).lines[1])

    async def watch(self, session: Any) -> None:
        await session.idle_start(timeout=1700)
        await session.wait_server_push()

    async def close(self, session: Any) -> None:
        if session.has_pending_idle():
            session.idle_done()
        await session.logout()


class ImapClientThreads:
    """IMAPClient 4, each call in a thread."""

    name = "IMAPClient"

    def __init__(self, dovecot: Dovecot) -> None:
        self.port = dovecot.imaps_port
        self.context = ssl.create_default_context(cafile=str(dovecot.certificates.ca))
        self.threads = ThreadPoolExecutor(WATCHED + 8)

    async def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self.threads, function, *arguments)

    def _open(self, mailbox: str) -> Any:
        session = imapclient.IMAPClient("localhost", port=self.port, ssl_context=self.context)
        session.login(mailbox, PASSWORD)
        session.select_folder("INBOX", readonly=True)
        return session

    async def open(self, mailbox: str) -> Any:
        return await self.call(self._open, mailbox)

    def _fetch(self, session: Any, uid: int) -> int:
        session.fetch([uid], ["RFC822.SIZE"])
        return len(session.fetch([uid], ["BODY.PEEK[]"])[uid][b"BODY[]"])

    async def fetch(self, session: Any, uid: int) -> int:
        return int(await self.call(self._fetch, session, uid))

    async def watch(self, session: Any) -> None:
        await self.call(session.idle)
        await self.call(session.idle_check, 3600)

    async def close(self, session: Any) -> None:
        await self.call(session.shutdown)


async def timed(work: Callable[[], Awaitable[None]]) -> tuple[float, float]:
    """Return wall and own CPU seconds, the best of some rounds."""
    best = (float("inf"), float("inf"))
    for _ in range(ROUNDS):
        wall, cpu = time.perf_counter(), time.process_time()
        await work()
        best = min(best, (time.perf_counter() - wall, time.process_time() - cpu))
    return best


async def measure(client: Any, full: str, boxes: list[str]) -> dict[str, float]:
    """Fetch one by one, log in and out, and watch many."""
    session = await client.open(full)

    async def fetch() -> None:
        for uid in range(1, MESSAGES + 1):
            assert await client.fetch(session, uid) > SIZE

    async def logins() -> None:
        for _ in range(LOGINS):
            await client.close(await client.open(full))

    fetched, logged = await timed(fetch), await timed(logins)
    await client.close(session)
    before, threads = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, threading.active_count()
    sessions = [await client.open(box) for box in boxes]
    tasks = [asyncio.ensure_future(client.watch(session)) for session in sessions]
    await asyncio.sleep(1)
    idle = {
        "threads": threading.active_count() - threads,
        "kb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before,
    }
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for one in sessions:
        getattr(one, "abort", lambda: None)()
    return {
        "fetch/s": MESSAGES / fetched[0],
        "fetch cpu ms": fetched[1] / MESSAGES * 1000,
        "login/s": LOGINS / logged[0],
        "login cpu ms": logged[1] / LOGINS * 1000,
        f"threads for {WATCHED} idle": idle["threads"],
        f"KB for {WATCHED} idle": idle["kb"],
    }


def main() -> None:
    """Print one table; ratios are against the first row."""
    which = sys.argv[1:]
    if not which:
        # One process each, so that memory and threads of one do not count for the next.
        for name in ("glassdome", "aioimaplib", "IMAPClient"):
            subprocess.run([sys.executable, __file__, name], check=True)
        return
    folder = Path(tempfile.mkdtemp(prefix="gd", dir="/tmp"))
    folder.chmod(0o755)
    dovecot = Dovecot(folder / "dc", make_certificates(folder))
    dovecot.start()
    try:
        full = dovecot.add_mailbox()
        boxes = [dovecot.add_mailbox() for _ in range(WATCHED)]
        body = b"Subject: x\r\n\r\n" + b"a line of text of some length, as in mail ()\r\n" * (SIZE // 46 + 1)
        for _ in range(MESSAGES):
            dovecot.deliver(full, body)
        client = next(c for c in (Ours, Aioimaplib, ImapClientThreads) if c.name == which[0])(dovecot)
        found = asyncio.run(measure(client, full, boxes))
        print(f"{which[0]:<12}" + "  ".join(f"{name} {value:.1f}" for name, value in found.items()), flush=True)
    finally:
        dovecot.stop()
        shutil.rmtree(folder)
    # Threads that wait in IDLE would keep the process alive.
    os._exit(0)


if __name__ == "__main__":
    main()
