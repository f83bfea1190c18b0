"""Pages in other languages on a small laptop's screen: they say so, and nothing is wider than the window."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.unit.api.bench import RW

from .conftest import visiting

LAPTOP = {"width": 1366, "height": 768}
#: Elements of ours whose text runs out of them: words of mail may be cut, and text for screen readers is one pixel wide.
CUT_OFF = """() => [...document.querySelectorAll('button, nav a, .chip, .badge, th, dt, summary, label, h1, h2')]
  .filter(e => e.clientWidth > 1 && e.scrollWidth > e.clientWidth + 1 && !e.closest('.vh') && !e.querySelector('.mail'))
  .map(e => e.outerHTML.slice(0, 120))"""


def overflow(page: Page) -> list[str]:
    """Return what does not fit: the page itself, and elements with more text than room."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*(["the page"] if wide > 0 else []), *page.evaluate(CUT_OFF)]


@pytest.mark.parametrize(
    ("locale", "overview", "mail", "verdict"),
    [
        ("de-DE", "Überblick", "Mails", "Unauffällig"),
        ("pl-PL", "Przegląd", "Poczta", "Wygląda dobrze"),
        ("ja-JP", "概要", "メール", "問題なし"),
    ],
)
def test_overview_and_list_fit_in_other_languages(
    chromium: Browser, site: str, locale: str, overview: str, mail: str, verdict: str
) -> None:
    """As a browser of that language shows them, with the filters open."""
    with visiting(chromium, site, viewport=LAPTOP, locale=locale) as visit:
        page = visit.open("sign-in")
        page.locator("#key").fill(RW)
        page.locator("#key").press("Enter")
        page.wait_for_url(lambda url: "sign-in" not in url)

        assert page.locator("html").get_attribute("lang") == locale[:2]
        assert page.locator("h1").text_content() == mail
        assert verdict in page.locator("main").inner_text()
        page.locator("summary").first.click()
        assert overflow(page) == []

        visit.open("overview")
        assert page.locator("h1").text_content() == overview
        assert overflow(page) == []
