"""Mail after public bug reports and RFCs is read as mail programs show it; `parse.json` says what each file must give."""

from __future__ import annotations

import json
from typing import Any

import pytest

from glassdome.parse import parse_message
from glassdome.pipeline.process import classify
from glassdome.signals import detect
from glassdome.values.message import Address, Message
from tests.unit.reports.build import FOLDER, context

CASES: dict[str, dict[str, Any]] = json.loads((FOLDER / "parse.json").read_text(encoding="utf-8"))


def _pairs(addresses: tuple[Address, ...]) -> list[list[str]]:
    return [[address.name, address.addr] for address in addresses]


def _facts(message: Message) -> dict[str, Any]:
    return {
        "subject": message.subject,
        "text": message.text,
        "new_text": message.new_text,
        "from": _pairs(message.header_from),
        "to": _pairs(message.to),
        "date": message.date.isoformat() if message.date else None,
        "files": [item.filename for item in message.attachments],
        "links": [link.url for link in message.links],
        "readable": message.readable,
    }


@pytest.mark.parametrize("name", CASES)
def test_case(name: str) -> None:
    """Texts, names, dates and files are equal; the signals named are found, and those that would be false are not."""
    raw, case = (FOLDER / f"{name}.eml").read_bytes(), CASES[name]
    message = parse_message(raw)
    facts = {key: value for key, value in _facts(message).items() if key in case}
    hits = {signal.name for signal in detect(message, context()) if signal.hit}

    assert facts == {key: case[key] for key in facts}
    assert set(case.get("signals", ())) <= hits
    assert not hits & set(case.get("quiet", ()))
    if "label" in case:
        assert classify(raw, context()).label == case["label"]


def test_a_megabyte_of_comment_hides_nothing() -> None:
    """The text behind 1.6 MB of HTML comment, style, script or picture is judged like the text alone."""
    raw = (FOLDER / "evx_html_no_semicolon.eml").read_bytes()
    expected = parse_message(raw).text
    head, _, body = raw.partition(b"\n\n") if b"\r\n\r\n" not in raw else raw.partition(b"\r\n\r\n")
    for begin, end in (
        (b"<!--", b"-->"),
        (b"<style>", b"</style>"),
        (b"<SCRIPT>", b"</SCRIPT>"),
        (b'<img src="data:image/png;base64,', b'">'),
    ):
        message = parse_message(head + b"\n\n" + begin + b"AAAA" * 400_000 + end + body)
        assert message.text == expected, begin
