"""Tests of the web UI in a real browser: with script and without, on a desk and on a phone."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.unit.api.bench import RO, RW, USER

from .conftest import PHONE, WIDE, Visit, visiting

#: One worker runs them all: each browser wants a core for itself.
PAGES = ["", "message", "overview", "queue", f"settings?mailbox={USER}", "service"]
MESSAGE = f"message?mailbox={USER}&id=INBOX%3BUIDVALIDITY%3D1%3BUID%3D"


def open_page(visit: Visit, path: str) -> Page:
    """Open one of PAGES."""
    return visit.open(f"{MESSAGE}5" if path == "message" else path)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_day_with_it(chromium: Browser, site: str, size: Any, script: bool) -> None:
    """Sign in, search, open the phishing mail, have it judged anew, change a preference, sign out."""
    with visiting(chromium, site, viewport=size, java_script_enabled=script) as visit:
        page = visit.open("overview")
        page.get_by_label("API key").fill("wrong")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_contain_text("not valid")
        page.get_by_label("API key").fill(RW)
        page.get_by_role("button", name="Sign in").click()
        expect(page).to_have_title("Overview · Glassdome")

        page.get_by_role("link", name="Mail", exact=True).click()
        page.get_by_label("Words").fill("parcel")
        page.get_by_role("button", name="Search").click()
        expect(page.locator(".row")).to_have_count(1)
        page.get_by_role("link", name="Your parcel is waiting").click()
        expect(page.get_by_label("Verdict", exact=True)).to_contain_text("Phishing")

        page.get_by_text("Correct the verdict").click()
        page.get_by_label("Harmless").check()
        page.get_by_role("button", name="Save the correction").click()
        expect(page.get_by_role("status")).to_contain_text("The correction is stored")

        page.get_by_role("link", name="Settings").click()
        box = page.get_by_label("Move phishing and spam to Junk")
        before = box.is_checked()
        box.set_checked(not before)
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_role("status")).to_contain_text("saved")
        expect(page.get_by_label("Move phishing and spam to Junk")).to_be_checked(checked=not before)

        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("status")).to_contain_text("signed out")
        visit.complaints = [said for said in visit.complaints if "401" not in said]


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_correction_shows_everywhere(chromium: Browser, site: str, script: bool) -> None:
    """Sort the list, call the spam in it harmless, and see that word in message, list and totals."""
    with visiting(chromium, site, viewport=WIDE, java_script_enabled=script) as visit:
        visit.sign_in()
        page = visit.page
        page.get_by_role("link", name="Phishing score").click()
        expect(page.locator(".sorts [aria-current]")).to_have_text("Phishing score")
        expect(page.locator(".row").first).to_contain_text("Your parcel is waiting")
        page.get_by_role("link", name="Received").click()
        expect(page.locator(".row").first).to_contain_text("Lunch?")

        page.get_by_role("link", name="All for nothing").click()
        if page.get_by_role("button", name="Not spam").count():
            page.get_by_role("button", name="Not spam").click()
            expect(page.get_by_role("status")).to_contain_text("The correction is stored")
        expect(page.get_by_label("Verdict", exact=True)).to_contain_text("You: harmless")

        page.get_by_role("link", name="Mail", exact=True).first.click()
        expect(page.locator(".row", has_text="All for nothing")).to_contain_text("You: harmless")
        page.get_by_role("link", name="Overview").click()
        expect(page.locator("main")).to_contain_text("to harmless")


def test_an_action_is_taken_back(chromium: Browser, site: str) -> None:
    """One press, and the page says so."""
    with visiting(chromium, site, viewport=WIDE) as visit:
        visit.sign_in()
        page = visit.open(f"{MESSAGE}5")
        page.get_by_role("button", name="Undo").click()

        expect(page.get_by_role("status")).to_have_text("Undone.")
        expect(page.locator(".actions")).to_contain_text("undone")
        expect(page.get_by_role("button", name="Undo")).to_have_count(0)


def test_the_list_stays_fresh(chromium: Browser, site: str) -> None:
    """Changes elsewhere appear by themselves, but not while somebody is working in the list."""
    with visiting(chromium, site, viewport=WIDE) as visit:
        visit.page.clock.install()
        visit.sign_in()
        page = visit.page
        expect(page.get_by_role("link", name="Lunch?")).to_be_visible()
        page.get_by_role("link", name="Lunch?").focus()
        gone = {"mailbox": USER, "email_id": "8"}
        origin = site.removesuffix("/llm/")
        httpx.post(
            f"{origin}/api/v1/delete/llm/analysis", json=gone, headers={"X-API-Key": RW}, trust_env=False
        ).raise_for_status()
        page.clock.run_for(61_000)
        expect(page.get_by_role("link", name="Lunch?")).to_be_visible()
        page.get_by_label("Words").focus()
        page.clock.run_for(61_000)

        expect(page.get_by_role("link", name="Lunch?")).to_have_count(0)


def test_who_is_signed_out_meanwhile_is_asked_to_sign_in(chromium: Browser, site: str) -> None:
    """The page does not go on showing what is no longer theirs to see."""
    with visiting(chromium, site, viewport=WIDE) as visit:
        visit.page.clock.install()
        visit.sign_in()
        visit.page.context.clear_cookies()
        visit.page.clock.run_for(61_000)

        expect(visit.page).to_have_title("Sign in · Glassdome")


def test_scripts_cannot_read_the_session(chromium: Browser, site: str) -> None:
    """And the browser keeps the cookie to our pages."""
    with visiting(chromium, site) as visit:
        visit.sign_in()
        expect(visit.page).to_have_title("Mail · Glassdome")
        kept = {cookie["name"]: cookie for cookie in visit.page.context.cookies()}

        assert visit.page.evaluate("document.cookie") == ""
        session = kept["glassdome_session"]
        assert (session["httpOnly"], session["sameSite"], session["path"]) == (True, "Strict", "/llm")


@pytest.mark.parametrize("path", ["", f"{MESSAGE}7", "overview"])
def test_hostile_mail_is_only_text(chromium: Browser, site: str, path: str) -> None:
    """Nothing of it runs, and nothing of it is asked for."""
    with visiting(chromium, site, viewport=PHONE) as visit:
        visit.sign_in()
        page = visit.open(path)

        assert page.evaluate("window.pwned") is None
        expect(page.locator("main")).to_contain_text("onerror='window.pwned=1'")
        assert page.locator("main img, main script").count() == 0


@pytest.mark.parametrize("key", [RW, RO])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_everything_can_be_read(chromium: Browser, site: str, size: Any, scheme: Any, key: str) -> None:
    """No page is wider than its screen, and all text stands out from its ground (WCAG 2.2 AA, 1.4.3)."""
    with visiting(chromium, site, viewport=size, color_scheme=scheme) as visit:
        visit.sign_in(key)
        for path in PAGES:
            page = open_page(visit, path)
            for one in page.locator("summary").all():
                one.click()
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
            assert page.evaluate(FAINT) == [], path


def test_the_keyboard_is_enough(chromium: Browser, site: str) -> None:
    """The first stop leads past the navigation, and where one is can be seen."""
    with visiting(chromium, site, viewport=WIDE) as visit:
        visit.sign_in()
        page = visit.open()
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="To the content")).to_be_focused()
        expect(page.get_by_role("link", name="To the content")).to_be_in_viewport()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")

        expect(page.get_by_label("Words")).to_be_focused()
        outline = page.get_by_label("Words").evaluate("e => getComputedStyle(e).outlineStyle")
        assert outline == "solid"


#: Texts whose contrast with what lies under them is too small: 3 for large ones, 4.5 for others.
FAINT = """() => {
  const parts = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const found = parts(getComputedStyle(e).backgroundColor);
      if (found.length && found[3] !== 0) return found;
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const e of document.querySelectorAll("body *")) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !e.checkVisibility() || e.disabled || e.closest("fieldset:disabled, svg")) continue;
    const style = getComputedStyle(e);
    const [a, b] = [light(parts(style.color)), light(ground(e))].sort((x, y) => y - x);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < (large ? 3 : 4.5)) faint.push(`${e.tagName}.${e.className} ${contrast.toFixed(2)} ${e.textContent.trim().slice(0, 40)}`);
  }
  return faint;
}"""
