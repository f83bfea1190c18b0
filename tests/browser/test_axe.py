"""Every page as axe-core sees it, in light and in dark: nothing serious, nothing critical."""

from __future__ import annotations

from typing import Any, Final

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser, Page

from tests.unit.api.bench import USER

from .conftest import PHONE, WIDE, visiting
from .test_journey import MESSAGE

#: Rules of WCAG 2.2 A and AA, and axe's own advice.
OPTIONS: Final = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
PAGES: Final = [
    "",
    "?text=no+such+word",
    f"{MESSAGE}5",
    f"{MESSAGE}7",
    f"{MESSAGE}9",
    f"text?{MESSAGE.partition('?')[2]}5",
    "threads",
    "overview",
    "queue",
    "queue?state=done",
    "settings",
    f"settings?mailbox={USER}",
    f"categories?mailbox={USER}",
    "service",
    "webhooks",
    "access",
    "no-such-page",
]
AXE: Final = AXE_FILE_PATH.read_text(encoding="utf-8")


def findings(page: Page) -> list[str]:
    """Return what axe finds serious or critical, with the elements; everything that can be opened is open."""
    for one in page.locator("summary").all():
        if one.is_visible() and one.evaluate("e => !e.parentElement.open"):
            one.click()
    page.evaluate(AXE)
    found = page.evaluate("options => axe.run(document, options)", OPTIONS)
    return [
        f"{item['id']} ({item['impact']}): {node['target']} {node['html'][:120]}"
        for item in found["violations"]
        if item["impact"] in ("serious", "critical")
        for node in item["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_axe_finds_nothing_serious(chromium: Browser, site: str, size: Any, scheme: Any) -> None:
    """On the way in and on every page behind it."""
    with visiting(chromium, site, viewport=size, color_scheme=scheme) as visit:
        found = {"sign-in": findings(visit.open("sign-in"))}
        visit.sign_in()
        for path in PAGES:
            found[path] = findings(visit.open(path))
        visit.complaints = [said for said in visit.complaints if "404" not in said]

    assert {path: each for path, each in found.items() if each} == {}
