"""Rspamd's questions during its scan."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from glassdome.api import scan
from glassdome.api.routes_chat import as_message
from glassdome.api.scan import Scanner
from glassdome.core.config import Settings
from glassdome.core.errors import NotAMessage
from glassdome.core.limits import MAX_SCAN_BYTES
from glassdome.store import Database
from glassdome.values.verdict import Label, Verdict

from .bench import RW, SECRET, Bench, verdict

CHECK = "/rspamd/check"
CHAT = "/v1/chat/completions"
RAW = b"From: a@b.example\r\nSubject: x\r\n\r\nhello\r\n"
#: The shape Rspamd's GPT plugin sends; the words are ours.
ASKED: dict[str, Any] = {
    "model": "builtin",
    "max_tokens": 1000,
    "temperature": 0.0,
    "messages": [
        {"role": "system", "content": "Rate this mail. Output ONLY 3 lines."},
        {"role": "user", "content": "Subject: Ihr Päckchen\r\nX-Evil: 1"},
        {"role": "user", "content": "From: Paket <info@paket.example>"},
        {"role": "user", "content": "Url domains: paket.example.net, 10.example"},
        {"role": "user", "content": "Bitte zahlen Sie 1,99."},
    ],
}


async def ask(bench: Bench, path: str, **content: Any) -> httpx.Response:
    """Ask as Rspamd does."""
    async with bench.client(None, Authorization=f"Bearer {SECRET}") as client:
        return await client.post(path, **content)


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        (Label.PHISH, {"verdict": "phishing", "confidence": 0.97, "model": "builtin"}),
        (Label.SPAM, {"verdict": "spam", "confidence": 0.9, "model": "builtin"}),
        (Label.HAM, {"verdict": "ham", "confidence": 0.9, "model": "builtin"}),
    ],
)
async def test_the_verdict_is_answered(bench: Bench, label: Label, expected: dict[str, Any]) -> None:
    """The words and the confidence are what the plugin makes its symbol of."""
    bench.verdict = verdict(label)

    answer = await ask(bench, CHECK, content=RAW, headers={"Content-Type": "message/rfc822"})

    assert (answer.status_code, answer.json()) == (200, expected)


async def test_the_raw_message_reaches_the_engine(database: Database, settings: Settings) -> None:
    """Byte for byte."""
    seen: list[bytes] = []

    async def classify(raw: bytes) -> Verdict:
        seen.append(raw)
        return verdict()

    await ask(Bench(database, settings, changes={"classify": classify}), CHECK, content=RAW)

    assert seen == [RAW]


@pytest.mark.parametrize("path", [CHECK, CHAT])
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"X-API-Key": RW}])
async def test_the_secret_is_wanted(bench: Bench, path: str, headers: dict[str, str]) -> None:
    """Nobody else asks."""
    async with bench.client(None, **headers) as client:
        assert (await client.post(path, json=ASKED)).status_code == 401


async def test_no_message_is_no_verdict(database: Database, settings: Settings) -> None:
    """Input that the parser refuses gets 204 from one route, 503 from the other; the plugins take both as no symbol."""

    async def classify(raw: bytes) -> Verdict:
        raise NotAMessage

    bench = Bench(database, settings, changes={"classify": classify})

    answers = [await ask(bench, CHECK, content=b""), await ask(bench, CHAT, json=ASKED)]

    assert [answer.status_code for answer in answers] == [204, 503]


async def test_a_slow_verdict_is_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mail is not held: after the bound there is none, and the late one still counts until it ends."""
    monkeypatch.setattr(scan, "MAX_SCAN_SECONDS", 0.01)
    monkeypatch.setattr(scan, "MAX_SCANS", 1)
    go_on = asyncio.Event()

    async def classify(raw: bytes) -> Verdict:
        if raw == b"slow":
            await go_on.wait()
        return verdict()

    scanner = Scanner(classify)

    late = await scanner.verdict(b"slow")
    full = await scanner.verdict(b"quick")
    go_on.set()
    # The late one ends, and then what counts it.
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    monkeypatch.setattr(scan, "MAX_SCAN_SECONDS", 5)
    free = await scanner.verdict(b"quick")

    assert (late, full, free) == (None, None, verdict())


async def test_a_large_message_is_413(bench: Bench) -> None:
    """A scan's bound is its own: larger than other requests', and still a bound."""
    fits, too_large = [await ask(bench, CHECK, content=b"x" * (MAX_SCAN_BYTES + more)) for more in (0, 1)]

    assert (fits.status_code, too_large.status_code) == (200, 413)


async def test_the_chat_answers_three_lines(bench: Bench) -> None:
    """Probability, one line of reason, category: what the plugin splits by line."""
    bench.verdict = verdict(Label.PHISH)

    answer = await ask(bench, CHAT, json=ASKED)

    choice = answer.json()["choices"][0]
    assert choice["message"]["content"] == "0.97\nThe domain looks like another.\nphishing"
    assert choice["finish_reason"] == "stop"


@pytest.mark.parametrize(
    "change",
    [
        {"response_format": {"type": "json_object"}},
        {"messages": [{"role": "system", "content": "Answer in JSON"}, {"role": "user", "content": "Subject: x"}]},
    ],
)
async def test_the_chat_answers_json_where_asked(bench: Bench, change: dict[str, Any]) -> None:
    """By format or by prompt."""
    bench.verdict = verdict(Label.SPAM)

    answer = await ask(bench, CHAT, json=ASKED | change)

    content = json.loads(answer.json()["choices"][0]["message"]["content"])
    assert content == {"probability": 0.9, "reason": "No strong sign was found."}


def test_the_pieces_become_one_message() -> None:
    """Header fields cannot be smuggled in, and the URL domains are links again."""
    made = as_message([m["content"] for m in ASKED["messages"] if m["role"] == "user"]).decode()

    head, _, body = made.partition("\r\n\r\n")
    assert head.split("\r\n")[:2] == ["Subject: Ihr Päckchen X-Evil: 1", "From: Paket <info@paket.example>"]
    assert body == "Bitte zahlen Sie 1,99.\r\nhttps://paket.example.net/\r\nhttps://10.example/\r\n"


def test_only_the_plugins_own_lines_are_header_fields() -> None:
    """A mail's text that begins like a header field stays text."""
    made = as_message(["Subject: one", "From: a@b.example", "Url domains: none", "Subject: two"]).decode()

    assert made.endswith("\r\n\r\nSubject: two\r\n")


@pytest.mark.parametrize(
    "body",
    [{}, {"messages": []}, {"messages": [{"role": "user", "content": 5}]}, {"messages": [{"role": "user"}] * 51}],
)
async def test_a_bad_chat_is_400(bench: Bench, body: dict[str, Any]) -> None:
    """In our own error shape."""
    answer = await ask(bench, CHAT, json=body)

    assert (answer.status_code, answer.json()["type"]) == (400, "error")
