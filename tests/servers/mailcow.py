"""A whole mailcow for tests: its API as we ship it for tests, in front of a real Dovecot and a real Postfix."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from tests.servers.dovecot import DOMAIN, Dovecot
from tests.servers.mailcow_server import MailcowServer
from tests.servers.mailcow_state import MailcowState
from tests.servers.postfix import Postfix

__all__ = ["KEY", "Mailcow", "running_mailcow"]

KEY = "RW-KEY-of-the-tests"


@dataclass(frozen=True, kw_only=True)
class Mailcow:
    """The mailcow of the tests; accounts made by the API exist in Dovecot at once."""

    url: str
    api: MailcowServer
    dovecot: Dovecot
    postfix: Postfix
    domain: str = DOMAIN

    def environment(self, folder: Path) -> dict[str, str]:
        """Return the environment of a program that uses this mailcow and keeps its data in `folder`."""
        return {
            "MAILCOW_API_URL": self.url,
            "MAILCOW_API_KEY": KEY,
            "MAILCOW_DOMAIN": self.domain,
            "MAILCOW_IMAP_HOST": "localhost",
            "MAILCOW_IMAP_PORT": str(self.dovecot.imap_port),
            "MAILCOW_SMTP_HOST": "localhost",
            "MAILCOW_SMTP_PORT": str(self.postfix.submission_port),
            "MAILCOW_CA_FILE": str(self.dovecot.certificates.ca),
            "GLASSDOME_DATA_DIR": str(folder),
        }


@contextmanager
def running_mailcow(dovecot: Dovecot, postfix: Postfix, *domains: str) -> Iterator[Mailcow]:
    """Serve the API in a thread of its own, so that several event loops can use it one after another."""
    state = MailcowState(on_mailboxes=lambda passwords: _follow(dovecot, passwords))
    for domain in (DOMAIN, *domains):
        state.add_domain(domain, mailboxes=1000, quota=1_000_000)
    api = MailcowServer(state, rw_key=KEY)
    server = uvicorn.Server(uvicorn.Config(api.app, log_config=None, lifespan="off"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            url = f"http://127.0.0.1:{listening.getsockname()[1]}"
            yield Mailcow(url=url, api=api, dovecot=dovecot, postfix=postfix)
        finally:
            server.should_exit = True
            thread.join(20)


def _follow(dovecot: Dovecot, passwords: dict[str, str]) -> None:
    """Make and remove accounts; those of other tests, which the API never knew, stay."""
    for address in _made - passwords.keys():
        (dovecot.base / "users" / address).unlink(missing_ok=True)
    for address, password in passwords.items():
        dovecot.add_mailbox(address, password=password)
    _made.clear()
    _made.update(passwords)


_made: set[str] = set()
