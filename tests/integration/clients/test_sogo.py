"""Debian's SOGo with the custom-sogo.js that `glassdome mailcow install` places."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from glassdome.deploy.sogo import sogo_script
from glassdome.values.keyword import KEYWORDS
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.mariadb import MariaDB
from tests.servers.sogo import Sogo

from .conftest import browsing, picture, rgb
from .marked import SUBJECTS, MarkedMailbox

pytestmark = pytest.mark.servers
#: An administrator's own line, which must go on working.
OWN = "window.ownScript = 'is there';\n"


@pytest.fixture(scope="module")
def page(server_folder: Path, dovecot: Dovecot, mariadb: MariaDB, marked: MarkedMailbox) -> Iterator[Page]:
    """A page of a running SOGo, signed in."""
    server = Sogo(server_folder / "sg", dovecot, mariadb, [marked.address], sogo_script(OWN).encode())
    server.start()
    with browsing() as made:
        made.goto(server.url)
        made.locator("input[ng-model='app.creds.username']").fill(marked.address)
        made.locator("input[ng-model='app.creds.password']").fill(PASSWORD)
        made.locator("input[ng-model='app.creds.password']").press("Enter")
        expect(made.locator(".sg-message-list-item")).to_have_count(len(SUBJECTS), timeout=30_000)
        yield made
        assert made.evaluate("window.ownScript") == "is there"
    server.stop()


def test_colours_in_the_list(page: Page) -> None:
    """Each row has one dot in the colour of its keyword, and the row of a mail without keyword has none."""
    for keyword in KEYWORDS:
        row = page.locator(".sg-message-list-item", has_text=SUBJECTS[keyword.name])
        expect(row.locator(".sg-category-dot")).to_have_count(1)
        expect(row.locator(".sg-category-dot")).to_have_css("background-color", rgb(keyword.colour))
    row = page.locator(".sg-message-list-item", has_text=SUBJECTS[""])
    expect(row.locator(".sg-category-dot")).to_have_count(0)


def test_names_at_the_message(page: Page) -> None:
    """An open message names its label, and a save of the preferences would store none of ours."""
    for keyword in reversed(KEYWORDS):
        page.get_by_role("button", name=SUBJECTS[keyword.name], exact=True).dispatch_event("click")
        expect(page.locator("md-chip").filter(has_text=keyword.title).first).to_be_visible()
    page.screenshot(path=picture("sogo"))
    stored = "angular.element(document.body).injector().get('Preferences').defaults.SOGoMailLabelsColorsKeys"
    assert not [name for name in page.evaluate(stored) if "glassdome" in name or "hishing" in name]
