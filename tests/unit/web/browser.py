"""A browser without script: keeps cookies, follows redirects on request, fills in the forms that pages have."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from selectolax.lexbor import LexborHTMLParser

from tests.unit.api.bench import RW, Bench

START = "http://glass.example/llm/"


class Browser:
    """One visitor."""

    def __init__(self, client: httpx.AsyncClient, start: str = START) -> None:
        """Nothing is open; `start` is where the pages are."""
        self.client = client
        self._start = start
        self.answer = httpx.Response(200)

    @property
    def page(self) -> LexborHTMLParser:
        """The page shown."""
        return LexborHTMLParser(self.answer.text)

    @property
    def text(self) -> str:
        """Its text, blanks made one."""
        main = self.page.css_first("main")
        return " ".join(main.text().split()) if main else ""

    async def open(self, address: str, **headers: str) -> httpx.Response:
        """Open an address, relative to the start."""
        self.answer = await self.client.get(self._start + address, follow_redirects=True, headers=headers)
        return self.answer

    async def send(self, action: str, fields: dict[str, str] | None = None, **more: str) -> httpx.Response:
        """Send the shown page's first form for that action as it stands, with some fields changed; do not follow."""
        form = self.page.css_first(f'form[method=post][action="./{action}"]')
        assert form, f"no form for {action} on {self.text}"
        values = {n.attributes["name"]: n.attributes.get("value") or "" for n in form.css("input[type=hidden]")}
        self.answer = await self.client.post(self._start + action, data={**values, **(fields or {}), **more})
        return self.answer

    async def follow(self) -> httpx.Response:
        """Go where the last answer leads."""
        assert self.answer.next_request, self.answer.text
        self.answer = await self.client.send(self.answer.next_request, follow_redirects=True)
        return self.answer

    async def sign_in(self, key: str) -> None:
        """Sign in."""
        await self.open("sign-in")
        await self.send("sign-in", key=key)
        assert self.answer.status_code == 303, self.text

    async def sign_in_as(self, address: str, password: str) -> httpx.Response:
        """Sign in with a mailbox's password; return the answer."""
        await self.open("sign-in")
        return await self.send("sign-in", address=address, password=password)


@asynccontextmanager
async def browsing(bench: Bench, key: str | None = RW, **headers: Any) -> AsyncIterator[Browser]:
    """Yield a browser, signed in with that key."""
    transport = httpx.ASGITransport(app=bench.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, headers=headers) as client:
        browser = Browser(client)
        if key is not None:
            await browser.sign_in(key)
        yield browser
