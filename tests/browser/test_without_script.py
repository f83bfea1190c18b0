"""Every form of every page in a browser that runs no script."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.unit.api.bench import USER

from .conftest import WIDE, Visit, visiting
from .test_journey import MESSAGE

pytestmark = pytest.mark.servers


def said(page: Page, words: str) -> None:
    """Expect the notice that a form leads to."""
    expect(page.locator(".notice").first).to_contain_text(words)


def opened(visit: Visit, path: str) -> Page:
    """Open a page and everything on it that can be opened."""
    page = visit.open(path)
    for one in page.locator("summary").all():
        one.click()
    return page


def test_the_forms_of_the_list(chromium: Browser, site: str) -> None:
    """Search, filter, change several messages and take it back, save a view and delete it."""
    with visiting(chromium, site, viewport=WIDE, java_script_enabled=False) as visit:
        visit.sign_in()
        for button, words in (
            ("Done", "Marked as done."),
            ("Not spam", "Called harmless"),
            ("Spam", "Called spam."),
            ("Phishing", "Reported as phishing."),
            ("Block sender", "The senders are blocked"),
            ("Trust sender", "The senders are trusted"),
        ):
            page = visit.open("")
            page.get_by_label("Select Lunch?").check()
            page.get_by_role("button", name=button, exact=True).click()
            said(page, words)
            page.get_by_role("button", name="Undo").click()
            said(page, "Undone.")
        page = opened(visit, "")
        page.get_by_label("Show").select_option("spam")
        page.get_by_role("button", name="Search").click()
        expect(page.locator(".row")).to_have_count(1)
        page.get_by_text("Save this list as a view").click()
        page.get_by_label("Name of the view").fill("Rubbish")
        page.get_by_role("button", name="Save the view").click()
        expect(page.get_by_role("link", name="Rubbish")).to_be_visible()
        page.get_by_text("Save this list as a view").click()
        page.get_by_label("Name of the view").fill("Rubbish")
        page.get_by_role("button", name="Delete the view").click()
        expect(page.get_by_role("link", name="Rubbish")).to_have_count(0)


def test_the_forms_of_a_message(chromium: Browser, site: str) -> None:
    """Correct it, judge its sender, name a category, take an action back, delete the analysis."""
    with visiting(chromium, site, viewport=WIDE, java_script_enabled=False) as visit:
        visit.sign_in()
        page = opened(visit, f"{MESSAGE}5")
        page.get_by_role("button", name="Undo").click()
        said(page, "Undone.")
        page.get_by_role("button", name="Not spam: it is harmless").click()
        said(page, "The correction is stored")
        for button, words in (
            ("Block the sender", "The senders are blocked"),
            ("Trust the sender", "The senders are trusted"),
            ("Judge like any other", "judged like any other"),
        ):
            page = opened(visit, f"{MESSAGE}6")
            page.get_by_role("button", name=button).click()
            said(page, words)
        page = opened(visit, f"{MESSAGE}6")
        page.get_by_label("Category", exact=True).fill("Odd things")
        page.get_by_role("button", name="Save the category").click()
        said(page, "The category is stored.")
        page = opened(visit, f"{MESSAGE}6")
        page.get_by_label("Phishing", exact=True).check()
        page.get_by_role("button", name="Save the correction").click()
        expect(page.get_by_label("Verdict", exact=True)).to_contain_text("You: phishing")
        page = opened(visit, f"{MESSAGE}6")
        page.get_by_role("button", name="Delete it").click()
        said(page, "The analysis is deleted")


def test_the_forms_of_queue_settings_and_access(chromium: Browser, site: str) -> None:
    """Retry and cancel, preferences, own categories, a setting of the service, keys and sessions."""
    with visiting(chromium, site, viewport=WIDE, java_script_enabled=False) as visit:
        visit.sign_in()
        page = visit.open("queue?state=failed")
        page.get_by_role("button", name="Cancel", exact=True).click()
        said(page, "Cancelled.")
        page = visit.open("queue?state=cancelled")
        page.get_by_role("button", name="Retry", exact=True).click()
        said(page, "Back in the queue.")
        page = visit.open(f"settings?mailbox={USER}")
        page.get_by_label("Name of the zone").fill("Europe/Berlin")
        page.get_by_role("button", name="Save", exact=True).first.click()
        said(page, "The preferences are saved.")
        page.get_by_role("link", name="Name categories of your own").click()
        page.get_by_label("Name", exact=True).fill("Garden")
        page.get_by_role("button", name="Add").click()
        said(page, "The category is saved.")
        page.get_by_role("button", name="Remove").click()
        said(page, "The category is removed")
        page = visit.open("service")
        page.locator("form[action='./service'] button").first.click()
        said(page, "The settings are saved.")
        page = visit.open("access")
        page.get_by_label("Name of the key").fill("Test")
        page.get_by_role("button", name="Make a key").click()
        expect(page.locator("#made")).to_be_visible()
        page.get_by_role("button", name="Revoke").click()
        said(page, "The key is revoked.")
        page.get_by_role("button", name="Sign out everywhere").click()
        said(page, "signed out in every browser")
