"""Messages of Outlook, alone and packed: msg and winmail.dat."""

from __future__ import annotations

import struct

from tests.unit.files.made import read_bytes, words_of
from tests.unit.files.made_ole import compound
from tests.unit.files.made_tnef import tnef

PART = "__substg1.0_"


def _texts(folder: str, **texts: str) -> dict[str, bytes]:
    return {f"{folder}{PART}{name[1:]}001F": text.encode("utf-16-le") for name, text in texts.items()}


def _message(folder: str = "") -> dict[str, bytes]:
    sent = struct.pack("<HHIQ", 0x0040, 0x0039, 6, 133_857_252_000_000_000)
    return {
        f"{folder}__properties_version1.0": bytes(24 if folder else 32) + sent,
        **_texts(
            folder,
            p0037="Invoice 1187",
            p0C1A="Ada Kesselring",
            p5D01="ada@kesselring.example",
            p0E04="Ben Miller",
            p1000="Please pay 842.50 EUR at https://pay.kesselring.example/x",
        ),
    }


def test_a_message_has_its_head_and_words() -> None:
    """The author, recipients, date, subject, body and links are read."""
    found = read_bytes(compound(_message()))
    text = words_of(found)

    assert "From: Ada Kesselring <ada@kesselring.example>\nTo: Ben Miller\nDate: 2025-03-06T09:00:00" in text
    assert "842.50 EUR" in text
    assert found.title == "Invoice 1187"
    assert [link.url for link in found.links] == ["https://pay.kesselring.example/x"]


def test_files_of_a_message_are_read() -> None:
    """A file attached has its name and words; a message attached is a message again."""
    place, inner = "__attach_version1.0_#00000000/", "__attach_version1.0_#00000001/"
    streams = _message() | _texts(place, p3707="plan.txt") | {f"{place}{PART}37010102": b"meet on 2 June 2025"}
    streams |= _texts(inner, p3707="old mail") | _message(f"{inner}{PART}3701000D/")
    found = read_bytes(compound(streams))

    assert found.members == ("plan.txt", "old mail")
    assert "2 June 2025" in found.files[0].document.text
    assert "Subject: Invoice 1187" in found.files[1].document.text


def test_a_body_in_html_has_its_links() -> None:
    """The HTML body goes before the plain one, with the words of its links."""
    page = b'<p>Sign in <a href="https://evil.example/login">here</a></p><input type=password>'
    found = read_bytes(compound(_message() | {f"{PART}10130102": page}))

    assert [(link.url, link.shown) for link in found.links] == [("https://evil.example/login", "here")]
    assert found.asks_password


def test_winmail_has_its_words_and_files() -> None:
    """The subject, the words and the names of files of a TNEF stream are read, and the files too."""
    found = read_bytes(tnef("Agenda", "See the agenda.", {"agenda.txt": b"Office move on 2 June 2025"}))

    assert found.title == "Agenda"
    assert words_of(found) == "See the agenda."
    assert [(fact.type, fact.value) for fact in found.facts] == [("file", "agenda.txt")]
    assert "2 June 2025" in found.files[0].document.text


def test_truncated_streams_are_read_as_far_as_they_go() -> None:
    """No end of a TNEF stream raises."""
    data = tnef("Agenda", "See the agenda.", {"a.txt": b"words"})

    assert {read_bytes(data[:size]).kind for size in range(6, len(data))} == {"application/vnd.ms-tnef"}
