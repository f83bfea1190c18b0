"""Runs the demo: mail server, samples, processor and REST API in one process; everything lives in one folder."""

from __future__ import annotations

import asyncio
import fcntl
import secrets
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from cryptography.fernet import Fernet
from fastapi import FastAPI

from glassdome.api.app import create_app
from glassdome.bootstrap.app import App
from glassdome.bootstrap.wire import open_app
from glassdome.core.clock import Clock
from glassdome.core.config import Settings
from glassdome.core.errors import ConfigError
from glassdome.demo.certificate import make_certificate
from glassdome.demo.mailserver import DemoMailServer
from glassdome.demo.samples import AUTHSERV_ID, DOMAIN, MAILBOX, samples
from glassdome.desk.wiring import services_of

__all__ = ["Demo", "open_demo"]

#: Says that a folder is the demo's, so that it may be emptied.
_MARK = ".glassdome-demo"


@dataclass(frozen=True, kw_only=True)
class Demo:
    """The running demo. Sample n (from 0) has the UID `first_uid` + n."""

    app: App
    api: FastAPI
    key: str
    mailbox: str
    imap_port: int
    smtp_port: int
    password: str
    sample_names: tuple[str, ...]
    sample_uids: tuple[int, ...]


@asynccontextmanager
async def open_demo(folder: Path, *, clock: Clock) -> AsyncIterator[Demo]:
    """Start the demo in `folder`, which is emptied first if it is a demo's.

    Raises ConfigError when it is not, or when a demo runs there.
    """
    password, key = secrets.token_urlsafe(9), f"demo-{secrets.token_hex(12)}"
    async with AsyncExitStack() as stack:
        held = await asyncio.to_thread(_make_folder, folder)
        stack.callback(held.close)
        certificate, private = await asyncio.to_thread(make_certificate, folder, now=clock.now())
        server = DemoMailServer({MAILBOX: password}, certificate=certificate, key=private, authserv_id=AUTHSERV_ID)
        await stack.enter_async_context(server)
        settings = await asyncio.to_thread(_settings, folder, certificate, password, key, server.imap_port)
        app = await stack.enter_async_context(open_app(settings, clock=clock))
        assert app.source is not None
        assert app.watcher is not None
        # First sight starts at now: the watcher must have seen the empty folder before the samples arrive.
        empty = await app.source.new_uids(MAILBOX, "INBOX", None)
        await app.database.cursors.set_cursor(MAILBOX, "INBOX", empty.cursor, now=clock.now())
        names, uids = await _deliver_samples(server, app)
        yield Demo(
            app=app,
            api=create_app(services_of(app)),
            key=key,
            mailbox=MAILBOX,
            imap_port=server.imap_port,
            smtp_port=server.smtp_port,
            password=password,
            sample_names=names,
            sample_uids=uids,
        )


async def _deliver_samples(server: DemoMailServer, app: App) -> tuple[tuple[str, ...], tuple[int, ...]]:
    assert app.source is not None
    cursor = await app.database.cursors.get_cursor(MAILBOX, "INBOX")
    names = []
    for sample in await asyncio.to_thread(lambda: list(samples())):
        await server.deliver(MAILBOX, sample.raw)
        names.append(sample.name)
    found = await app.source.new_uids(MAILBOX, "INBOX", cursor)
    return tuple(names), tuple(sorted(found.uids))


def _make_folder(folder: Path) -> IO[bytes]:
    """Return the folder's mark, opened and locked; the lock ends with the process, however that ends."""
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).exists():
        raise ConfigError(f"{folder} is not empty and not the demo's.", fix="Choose another --data folder.")
    folder.mkdir(parents=True, exist_ok=True)
    mark = (folder / _MARK).open("ab")
    try:
        fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as exc:
        mark.close()
        raise ConfigError(
            f"A demo runs in {folder} already.", fix="Stop it, or choose another --data folder and --port."
        ) from exc
    for item in folder.iterdir():
        if item.is_dir() and not item.is_symlink():
            shutil.rmtree(item)
        elif item.name != _MARK:
            item.unlink()
    return mark


def _settings(folder: Path, certificate: Path, password: str, key: str, imap_port: int) -> Settings:
    return Settings(
        mailcow_imap_host="127.0.0.1",
        mailcow_imap_port=imap_port,
        mailcow_ca_file=certificate,
        mailcow_domain=DOMAIN,
        authserv_id=AUTHSERV_ID,
        mailboxes=f"{MAILBOX}:{password}",
        api_keys=f"{key}:rw",
        data_dir=folder,
        database_url=f"sqlite:///{folder / 'glassdome.db'}",
        secret_key=Fernet.generate_key().decode(),
        engine="builtin",
        concurrent_jobs=4,
    )
