"""The list of mail in a real browser: fifteen messages on a laptop, keys, and undo."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from .conftest import visiting

LAPTOP = {"width": 1366, "height": 768}


def test_a_laptop_shows_fifteen_messages(chromium: Browser, site: str) -> None:
    """Fifteen rows as high as the highest that is shown end above the edge of the window."""
    with visiting(chromium, site, viewport=LAPTOP) as visit:
        visit.sign_in()
        page = visit.open("?show=phishing")
        box = page.locator(".mails").bounding_box()
        high = max(row.bounding_box()["height"] for row in page.locator(".row").all())  # type: ignore[index]

        assert box is not None
        assert box["y"] + 15 * high <= LAPTOP["height"]


def test_the_list_by_keys(chromium: Browser, site: str) -> None:
    """Move, select, mark as done, undo; help opens, and the keys can be switched off."""
    with visiting(chromium, site, viewport=LAPTOP) as visit:
        visit.sign_in()
        page = visit.open()
        page.locator("body").press("j")
        page.locator("body").press("x")
        expect(page.locator("#selected")).to_have_text("1 selected.")
        page.locator("body").press("e")
        expect(page.locator(".row.is-done")).to_have_count(1)
        page.get_by_role("button", name="Undo").click()
        expect(page.locator(".row.is-done")).to_have_count(0)
        page.locator("body").press("?")
        expect(page.get_by_role("dialog")).to_be_visible()
        page.get_by_label("Single keys work on this page").uncheck()
        page.get_by_role("button", name="Close").click()
        page.locator("body").press("j")
        expect(page.locator(".row.at")).to_have_count(0)
