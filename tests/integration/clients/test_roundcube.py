"""Debian's Roundcube with our plugin: labels in the list, the verdict above a message, a correction."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from glassdome.values.keyword import KEYWORDS
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.roundcube import Roundcube

from .conftest import browsing, picture, rgb
from .marked import HOSTILE, KEY, SUBJECTS, MarkedMailbox

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def roundcube(server_folder: Path, dovecot: Dovecot, verdicts: str) -> Iterator[Roundcube]:
    """A running Roundcube."""
    server = Roundcube(server_folder / "rc", dovecot, verdicts)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def page(roundcube: Roundcube, marked: MarkedMailbox) -> Iterator[Page]:
    """A signed-in page; whatever a mail smuggled into one would have left its trace."""
    with browsing() as made:
        made.goto(roundcube.url)
        made.locator("#rcmloginuser").fill(marked.address)
        made.locator("#rcmloginpwd").fill(PASSWORD)
        made.locator("#rcmloginsubmit").click()
        expect(made.locator("#messagelist tbody tr")).to_have_count(len(SUBJECTS))
        yield made
        assert made.evaluate("window.pwned") is None
        assert "error" not in roundcube.log().lower(), roundcube.log()


def test_labels_in_the_list(page: Page) -> None:
    """Each row has the label of its keyword in its colour, and the row of a mail without keyword has none."""
    for keyword in KEYWORDS:
        label = page.locator("#messagelist tbody tr", has_text=SUBJECTS[keyword.name]).locator(".glassdome-label")
        expect(label).to_have_text([keyword.title])
        expect(label).to_have_css("background-color", rgb(keyword.colour))
    expect(page.locator("#messagelist tbody tr", has_text=SUBJECTS[""]).locator(".glassdome-label")).to_have_count(0)
    page.screenshot(path=picture("roundcube-list"))


def test_verdict_and_correction(page: Page, roundcube: Roundcube, marked: MarkedMailbox, verdicts: str) -> None:
    """The key is stored encrypted; a message shows verdict, reasons and summary as text, and takes a correction."""
    page.goto(f"{roundcube.url}/?_task=settings&_action=edit-prefs&_section=glassdome")
    page.locator("#glassdome_key").fill(KEY)
    page.evaluate("rcmail.command('save')")
    expect(page.locator(".hint")).to_have_text("A key is stored.")
    assert "glassdome_key" in roundcube.stored_preferences()
    assert KEY not in roundcube.stored_preferences()
    assert KEY not in page.content()

    subject = SUBJECTS["$Phishing"]
    page.goto(f"{roundcube.url}/?_task=mail&_mbox=INBOX&_uid={marked.refs[subject].uid}&_action=show")
    box = page.locator("#glassdome")
    expect(box.locator("strong")).to_have_text("Phishing")
    expect(box.locator("p")).to_have_text(f"Summary {HOSTILE}")
    expect(box.locator("li")).to_have_text(f"Why {HOSTILE} {HOSTILE}")
    expect(box.locator("img, b")).to_have_count(0)
    expect(box.get_by_role("button")).to_have_text(["Not spam"])
    page.screenshot(path=picture("roundcube-message"))

    box.get_by_role("button", name="Not spam").click()
    expect(box.locator("strong")).to_have_text("You said: Looks fine")
    query = {"mailbox": marked.address, "email_id": str(marked.refs[subject].uid)}
    answer = httpx.get(f"{verdicts}/api/v1/get/llm/analysis", params=query, headers={"X-API-Key": KEY})
    assert answer.json()["correction"] == "ham"

    page.goto(f"{roundcube.url}/?_task=mail&_mbox=INBOX&_uid={marked.refs[SUBJECTS['']].uid}&_action=show")
    box = page.locator("#glassdome")
    expect(box.locator("strong")).to_have_text("Looks fine")
    box.get_by_role("button", name="Report phishing").click()
    expect(box.locator("strong")).to_have_text("You said: Phishing")
