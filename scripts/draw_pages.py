"""Draws the pictures of the web UI in docs/, from `glassdome demo` in Debian's Chromium: run it after a change of the pages."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, sync_playwright

DOCS: Final = Path(__file__).parents[1] / "docs"
CHROMIUM: Final = "/usr/bin/chromium"
SIZE: Final = {"width": 1120, "height": 760}
#: The demo prints the address of the pages and a key, each once.
_ADDRESS: Final = re.compile(r"Web UI +(\S+)")
_KEY: Final = re.compile(r"API key +(\S+)")


@contextmanager
def demo() -> Iterator[tuple[str, str]]:
    """Run the demo; yield the address of its pages and its key."""
    with tempfile.TemporaryDirectory() as folder:
        command = [Path(sys.executable).with_name("glassdome"), "demo", "--port", "0", "--data", folder]
        running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1)  # noqa: S603 - our own program
        assert running.stdout is not None
        said = ""
        for line in running.stdout:
            said += line
            if (address := _ADDRESS.search(said)) and (key := _KEY.search(said)):
                break
        else:
            raise SystemExit(f"The demo did not start:\n{said}")
        try:
            yield address[1], key[1]
        finally:
            running.terminate()
            running.communicate(timeout=60)


def draw(page: Page, address: str) -> None:
    """Draw the list, the text of a message, and the plots of the overview."""
    page.goto(address)
    page.screenshot(path=DOCS / "web.png")
    page.get_by_role("link", name=re.compile("^Your parcel")).first.click()
    page.get_by_role("region", name="Words of the message").wait_for()
    page.locator("#text").screenshot(path=DOCS / "web-text.png")
    page.goto(f"{address}overview")
    page.locator(".charts").screenshot(path=DOCS / "web-overview.png")


def main() -> None:
    """Draw all pictures."""
    with demo() as (address, key), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport=SIZE)
        page.goto(f"{address}sign-in")
        if page.get_by_text("Use an API key").count():
            page.get_by_text("Use an API key").click()
        page.get_by_label("API key").fill(key)
        page.get_by_role("button", name=re.compile("Use the key|Sign in")).last.click()
        page.wait_for_url(lambda url: "sign-in" not in url)
        draw(page, address)
        browser.close()


if __name__ == "__main__":
    main()
