"""A marked mailbox, the service with its verdicts, and a browser."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.servers.dovecot import Dovecot

from .marked import MarkedMailbox, marked_mailbox, serving

CHROMIUM = "/usr/bin/chromium"
#: A run with this variable renews the pictures of the docs; others leave the checkout as it is.
_PICTURES = Path(__file__).resolve().parents[3] / "docs" / "clients" if os.environ.get("RENEW_PICTURES") else None


@pytest.fixture(scope="module")
def marked(dovecot: Dovecot) -> MarkedMailbox:
    """An account with one mail for each keyword."""
    return marked_mailbox(dovecot)


@pytest.fixture(scope="module")
def verdicts(marked: MarkedMailbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the service that judged them."""
    with serving(marked, tmp_path_factory.mktemp("verdicts")) as url:
        yield url


@contextmanager
def browsing() -> Iterator[Page]:
    """Yield a page of Debian's Chromium; root may start it without its sandbox only."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1100, "height": 620})
        page.set_default_timeout(30_000)
        yield page
        browser.close()


def picture(name: str) -> Path:
    """Return where a screenshot goes: into the docs where they are renewed, else into the test's own folder."""
    return (_PICTURES or Path.cwd()) / f"{name}.png"


def rgb(colour: str) -> str:
    """Return a colour as browsers compute it: `rgb(176, 0, 32)`."""
    return f"rgb({', '.join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5))})"
