"""Codes drawn in the text of a mail become its links and facts."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest
import zxingcpp

from glassdome.parse import parse_message
from glassdome.pipeline.drawings import with_drawings
from glassdome.values.document import Document
from glassdome.values.message import Message
from tests.local_files import LocalFiles

_URL = "https://login.example/verify?u=ann"
_ART = (Path(__file__).parents[2] / "data" / "files" / "text" / "qr-utf8.txt").read_text(encoding="utf-8")


class Counting(LocalFiles):
    """Counts the texts that it is given."""

    def __init__(self) -> None:
        """Begin with none."""
        self.texts = 0

    async def read(
        self, data: bytes, *, name: str, kind: str, passwords: tuple[str, ...] = (), ocr: bool = False
    ) -> Document:
        """Read as always."""
        self.texts += 1
        return await super().read(data, name=name, kind=kind, passwords=passwords, ocr=ocr)


def _table() -> str:
    made = zxingcpp.create_barcode(_URL, zxingcpp.BarcodeFormat.QRCode)
    view = memoryview(zxingcpp.write_barcode_to_image(made, scale=1, add_quiet_zones=True))
    height, width = view.shape
    rows = (
        "".join("<td bgcolor=" + ("#000000" if view[y, x] < 128 else "#ffffff") + ">" for x in range(width))
        for y in range(height)
    )
    return "<p>Scan to keep your mailbox</p><table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"


def _mail(text: str, subtype: str = "plain", encoding: str = "base64") -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "bo@hafen.example", "ann@example.org", "Scan"
    mail.set_content(text, subtype=subtype, cte=encoding)
    return bytes(mail)


async def _read(raw: bytes) -> tuple[Message, int]:
    reader = Counting()
    return await with_drawings(parse_message(raw), raw, reader), reader.texts


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
@pytest.mark.parametrize(
    ("text", "subtype"),
    [(f"Scan this:\n\n{_ART}\n\nBo", "plain"), (_table(), "html"), (f"<pre>\n{_ART}\n</pre>", "html")],
)
async def test_a_drawn_code_is_a_link(text: str, subtype: str, encoding: str) -> None:
    """Blocks in plain text and in HTML, and cells of a table, are read as they were sent."""
    message, _ = await _read(_mail(text, subtype, encoding))
    assert [(link.url, link.place, link.host) for link in message.links] == [(_URL, "text", "login.example")]
    assert message.links[0].coded
    assert ("link", _URL, "QR in body") in [(fact.type, fact.value, fact.where) for fact in message.facts]


@pytest.mark.parametrize("text", ["Hello", "Größe " * 50, "Progress: ████████ 80 %"])
async def test_other_texts_are_not_read_again(text: str) -> None:
    """A text without a drawing costs no reader anything."""
    raw = _mail(text)
    message, texts = await _read(raw)
    assert texts == 0
    assert message == parse_message(raw)
