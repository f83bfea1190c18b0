"""`glassdome demo`: everything on one machine, with sample mail."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import typer
from cryptography.fernet import Fernet
from rich.text import Text

from glassdome.cli.console import err, out, run
from glassdome.cli.service import HttpServer, asked_to_stop, serving
from glassdome.cli.verdict_table import verdict_page, verdict_table
from glassdome.core import log
from glassdome.core.clock import SystemClock
from glassdome.core.errors import TimedOut
from glassdome.core.secrets import SecretBox
from glassdome.demo.run import Demo, open_demo
from glassdome.web.app import add_web

__all__ = ["demo"]

Row = dict[str, Any]
#: Seconds between two looks for new verdicts to show.
_LOOK_EVERY = 0.3
#: Polls after which waiting for quiet ends.
_MOST_POLLS = 15
#: New mails that are shown whole; of more only phishing is listed, so many of it.
_FEW = 3
_LISTED = 5
#: Seconds without a new verdict after which waiting for the samples ends; all of them take about one.
_PATIENCE = 60.0


def demo(*, check: bool, host: str, port: int, data: Path) -> None:
    """Try everything: a mail server with sample mail, its analysis by the built-in engine, the REST API and the web UI."""
    # Each phishing mail would log two warnings, and its verdict is shown anyway.
    log.configure(level="ERROR", file=None)
    ok = run(_demo(data.absolute(), host, 0 if check else port, check=check))
    raise typer.Exit(0 if ok else 1)


async def _demo(data: Path, host: str, port: int, *, check: bool) -> bool:
    async with open_demo(data, clock=SystemClock()) as running:
        app = running.app
        await asyncio.to_thread(add_web, running.api, SecretBox(Fernet.generate_key().decode()))
        async with (
            asked_to_stop(app.stop) as stopped,
            serving(running.api, host=host, port=port, at_end=running.api.state.streams.stop) as http,
        ):
            work = asyncio.create_task(app.work())
            try:
                rows = await _verdicts(running, http, host)
                if check:
                    return _report(running, rows)
                _welcome(running, http, host, rows)
                await _tell_new(running, http, host, stopped)
                err.print("Stopping ...")
                return True
            finally:
                app.stop()
                await work


async def _verdicts(running: Demo, http: HttpServer, host: str) -> list[Row]:
    """Ask the REST API for the samples' analyses until all are there; raises TimedOut."""
    wanted, known = {str(uid) for uid in running.sample_uids}, 0
    loop = asyncio.get_running_loop()
    try:
        async with _client(running) as client, asyncio.timeout(_PATIENCE) as patience:
            while True:
                rows = await _ask(running, http, host, client)
                if wanted <= {row["email_id"] for row in rows}:
                    return sorted(rows, key=lambda row: int(row["email_id"]))
                if len(rows) > known:
                    known = len(rows)
                    patience.reschedule(loop.time() + _PATIENCE)
                await asyncio.sleep(0.05)
    except TimeoutError as exc:
        raise TimedOut("The samples were not analysed in time.") from exc


async def _tell_new(running: Demo, http: HttpServer, host: str, stopped: asyncio.Event) -> None:
    """Show the verdicts of mail that arrives, once it is quiet for a moment, until it is time to stop."""
    seen = {str(uid) for uid in running.sample_uids}
    untold: list[Row] = []
    polls = 0
    async with _client(running) as client:
        while not stopped.is_set():
            new = [row for row in reversed(await _ask(running, http, host, client)) if row["email_id"] not in seen]
            seen.update(row["email_id"] for row in new)
            untold += new
            polls = polls + 1 if untold else 0
            if untold and (not new or polls >= _MOST_POLLS):
                _tell(untold)
                _sign_in(running, http, host)
                untold, polls = [], 0
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopped.wait(), _LOOK_EVERY)


def _tell(rows: list[Row]) -> None:
    """Show a few mails whole, and of many the verdicts and the mails worth a look."""
    if len(rows) <= _FEW:
        for row in rows:
            out.print(verdict_page({"file": f"new mail, email_id {row['email_id']}", **row}))
        return
    labels = Counter(row["label"] for row in rows)
    judged = ", ".join(f"{count} {label}" for label, count in sorted(labels.items()))
    out.print(f"{len(rows)} new mails: {judged}", highlight=False)
    phish = [row for row in rows if row["label"] == "phish"]
    for row in phish[:_LISTED]:
        line = Text(f"  phish {row['phishing_score']:.2f}  email_id {row['email_id']}  {row['subject']}")
        out.print(line, no_wrap=True, overflow="ellipsis")
    if len(phish) > _LISTED:
        out.print(f"  and {len(phish) - _LISTED} more", highlight=False)


def _client(running: Demo) -> httpx.AsyncClient:
    return httpx.AsyncClient(headers={"X-API-Key": running.key}, trust_env=False, timeout=_PATIENCE)


async def _ask(running: Demo, http: HttpServer, host: str, client: httpx.AsyncClient) -> list[Row]:
    url = f"http://{host}:{http.port}/api/v1/get/llm/analysis"
    answer = await client.get(url, params={"mailbox": running.mailbox, "limit": 100})
    rows: list[Row] = answer.raise_for_status().json()
    return rows


def _named(running: Demo, rows: list[Row]) -> list[Row]:
    names = {str(uid): name for uid, name in zip(running.sample_uids, running.sample_names, strict=True)}
    return [{"sample": names.get(row["email_id"], row["subject"]), **row} for row in rows]


def _report(running: Demo, rows: list[Row]) -> bool:
    out.print(
        verdict_table(
            _named(running, rows),
            title="What the built-in engine says of the samples",
            name="sample",
            wide=out.width >= 100,
        )
    )
    missing = len(running.sample_names) - len(rows)
    # A sample says by its name that it is phishing: the table is checked, not only shown.
    wrong = [r["sample"] for r in _named(running, rows) if ("phish" in r["sample"]) and not r["is_phishing"]]
    if missing or wrong:
        err.print(f"[bold red]{missing} samples have no analysis; judged wrongly: {', '.join(wrong) or 'none'}[/]")
        return False
    out.print(f"{len(rows)} of {len(running.sample_names)} samples have an analysis, read through the REST API.")
    return True


def _welcome(running: Demo, http: HttpServer, host: str, rows: list[Row]) -> None:
    url, uid = f"http://{host}:{http.port}", running.sample_uids[1]
    write = sys.stdout.write
    out.print(verdict_table(_named(running, rows), title="The samples", name="sample", wide=out.width >= 100))
    write(f"\nREST API    {url}   (health: {url}/health)\n")
    write(f"mailbox     {running.mailbox}, IMAP with STARTTLS on 127.0.0.1:{running.imap_port}, ")
    write(f"password {running.password}\n")
    write(f"new mail    SMTP on 127.0.0.1:{running.smtp_port}\n\nTry:\n\n")
    key = f'-H "X-API-Key: {running.key}"'
    write(f'curl {key} "{url}/api/v1/get/llm/analysis?mailbox={running.mailbox}&email_id={uid}"\n')
    write(f'curl {key} "{url}/api/v1/get/llm/stats"\n')
    write(
        f"printf 'From: me@example.org\\nSubject: Hello\\n\\nCan we meet tomorrow at ten?\\n' | "
        f"curl --crlf smtp://127.0.0.1:{running.smtp_port} --mail-from me@example.org "
        f"--mail-rcpt {running.mailbox} --upload-file -\n\nCtrl-C stops everything.\n"
    )
    _sign_in(running, http, host)


def _sign_in(running: Demo, http: HttpServer, host: str) -> None:
    """Say where to go on: the last lines on the screen, whatever was shown before."""
    sys.stdout.write(f"\nAPI key     {running.key}\n")
    sys.stdout.write(f"Web UI      http://{host}:{http.port}/llm/   (sign in with the mailbox's password or the key)\n")
    sys.stdout.flush()
