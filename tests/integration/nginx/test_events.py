"""The stream of events through the placed nginx file: unbuffered, and longer than nginx waits for a silent server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from glassdome.core.config import Settings
from glassdome.core.secrets import SecretBox
from glassdome.deploy.render import nginx_site
from glassdome.desk.streams import Streams
from glassdome.store import migrate
from glassdome.web.app import add_web
from tests.servers.nginx import FastCgi, NameServer, Nginx
from tests.unit.api.bench import KEYS, RW, USER, Bench, analysis, ref
from tests.unit.api.running import running
from tests.unit.web.browser import Browser

from .test_site import mailcow_keys

#: Seconds after which nginx hangs up on a silent server; in mailcow they are 60, and a heartbeat comes each 20.
PATIENCE = 2
HEARTBEAT = 0.4
LOCATION = "location ^~ /llm/ {"
PROXY_SECRET = "x" * 20


#: The running application, to judge a mail in its own event loop.
BENCHES: list[tuple[Bench, asyncio.AbstractEventLoop]] = []


def tell_news() -> None:
    """Judge a mail."""
    bench, loop = BENCHES[-1]
    asyncio.run_coroutine_threadsafe(bench.store(analysis(ref(5))), loop).result(30)


async def prepare(bench: Bench) -> None:
    """A mailbox, and pages whose streams have a heartbeat."""
    BENCHES.append((bench, asyncio.get_running_loop()))
    await asyncio.to_thread(add_web, bench.app, SecretBox(Fernet.generate_key().decode()))
    bench.app.state.streams = Streams(heartbeat=HEARTBEAT, look=0.1)
    await bench.choose(USER)


@pytest.fixture
def nginx(server_folder: Path, tmp_path: Path) -> Iterator[Nginx]:
    """nginx in front of the service, with little patience."""
    names, keys = NameServer(), FastCgi(mailcow_keys)
    names.known = True
    asyncio.run(migrate(f"sqlite:///{tmp_path / 'web.db'}"))
    settings = Settings(api_keys=SecretStr(KEYS), trusted_proxies="127.0.0.1", proxy_secret=SecretStr(PROXY_SECRET))
    with running(tmp_path / "web.db", settings, prepare) as port:
        site = nginx_site(
            proxy_secret=PROXY_SECRET, phpfpm=keys.address, resolver=names.address, upstream=f"http://llm:{port}"
        )
        assert LOCATION in site
        site = site.replace(LOCATION, f"{LOCATION}\n    proxy_read_timeout {PATIENCE}s;")
        started = Nginx(server_folder / tmp_path.name, site, fastcgi=keys.address)
        started.start()
        yield started
        started.stop()
    names.stop()
    keys.stop()


async def blocks(answer: httpx.Response) -> AsyncIterator[str]:
    """Yield each block of a stream as it comes."""
    block = ""
    async for line in answer.aiter_lines():
        if line:
            block += f"{line}\n"
        else:
            yield block
            block = ""


async def test_a_quiet_stream_outlives_nginx_and_then_tells(nginx: Nginx) -> None:
    """Heartbeats come one by one for twice its patience; the event behind them comes at once, and sign-out is the end."""
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        browser = Browser(client, f"{nginx.url}/llm/")
        await browser.sign_in(RW)
        await browser.open("access")
        async with client.stream("GET", f"{nginx.url}/llm/events") as answer:
            assert answer.status_code == 200
            told = blocks(answer)
            assert (await anext(told)).startswith("retry:")
            began = asyncio.get_running_loop().time()
            while asyncio.get_running_loop().time() - began < 2 * PATIENCE:
                assert await anext(told) == ": still here\n"
            form = browser.page.css_first("input[name=form_token]").attributes["value"] or ""
            await asyncio.to_thread(tell_news)
            while not (block := await anext(told)).startswith("id: "):
                assert block == ": still here\n"
            assert f'"mailbox": "{USER}"' in block
            signed_out = await client.post(f"{nginx.url}/llm/sign-out", data={"form_token": form})
            rest = [block async for block in told]

    assert signed_out.status_code == 303
    assert set(rest) <= {": still here\n"}
    assert "timed out" not in nginx.log()


async def test_a_key_of_mailcow_is_checked_again_and_misses_nothing(nginx: Nginx) -> None:
    """Its stream ends by itself after a heartbeat or two; the reader connects again behind the last id, and hears the event."""
    url, seen, told = f"{nginx.url}/api/v1/get/llm/events", "", ""
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        while f'"mailbox":"{USER}"' not in told:
            headers = {"X-API-Key": "RO"} | ({"Last-Event-ID": seen} if seen else {})
            async with client.stream("GET", url, headers=headers) as answer:
                assert answer.status_code == 200
                async for block in blocks(answer):
                    told += block
                    seen = block.partition("id: ")[2].partition("\n")[0] or seen
            if told.count("retry: ") == 1:
                assert "event: " not in told
                await asyncio.to_thread(tell_news)
        wrong = await client.get(url, headers={"X-API-Key": "WRONG"})

    assert told.count("event: analysis") == 1
    assert wrong.status_code == 401
