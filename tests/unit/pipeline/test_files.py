"""The stage that has attached files read, and the message that comes of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from email.message import EmailMessage

import pytest

from glassdome.files import table
from glassdome.files.read import read_file
from glassdome.files.source import Source
from glassdome.parse import parse_message
from glassdome.pipeline import files as stage
from glassdome.pipeline.files import with_files
from glassdome.values.document import Code, Document, FileLink, InnerFile, Passage
from glassdome.values.message import Message

PDF = b"%PDF-1.7\nbill"
INNER = Document(kind="text/html", is_active=True, asks_password=True, members=("run.exe",))
BILL = Document(
    kind="application/pdf",
    passages=(Passage(text="Pay 842.50 EUR at https://pay.example/1", where="page 1"), Passage(text="hi", seen=False)),
    links=(FileLink(url="https://pay.example/1", shown="Pay"), FileLink(url="HTTPS://two.example/x")),
    codes=(Code(kind="QR", text="https://qr.example/login", where="page 1"), Code(kind="QR", text="WIFI:S:x;;")),
    members=("page.html",),
    files=(InnerFile(name="page.html", document=INNER, sha256="1" * 64),),
)


@dataclass
class FakeReader:
    """Gives prepared documents, and remembers what it was asked for."""

    documents: dict[str, Document] = field(default_factory=dict)
    asked: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    problem: str = ""

    async def read(
        self, data: bytes, *, name: str, kind: str, passwords: tuple[str, ...] = (), ocr: bool = False
    ) -> Document:
        """Return the document under the file's name; a locked one opens with the word `Sommer2024`."""
        self.asked.append((name, kind, passwords))
        self.pictures += [name] if ocr else []
        found = self.documents.get(name, BILL)
        return BILL if "Sommer2024" in passwords else found

    async def aclose(self) -> None:
        """Do nothing."""


@pytest.fixture(autouse=True)
def _readers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(table.READERS, "application/pdf", "none")


def _mail(*names: str, text: str = "See the bill.", data: bytes = PDF) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "bo@hafen.example", "ann@example.org", "Bill"
    mail.set_content(text)
    for number, name in enumerate(names):
        mail.add_attachment(data + b"%d" % number, maintype="application", subtype="pdf", filename=name)
    return bytes(mail)


async def _read(raw: bytes, reader: FakeReader) -> Message:
    return await with_files(parse_message(raw), raw, reader)


async def test_the_message_says_what_is_in_its_files() -> None:
    [item] = (message := await _read(_mail("bill.pdf"), FakeReader())).attachments
    assert (item.document, item.read, item.has_macros) == (BILL, "yes", True)
    assert item.text == "Pay 842.50 EUR at https://pay.example/1"
    assert item.members == ("page.html", "page.html: run.exe")
    links = {link.url: link.shown for link in message.links}
    assert links == {"https://pay.example/1": "Pay", "HTTPS://two.example/x": "", "https://qr.example/login": ""}
    assert {(link.place, link.host) for link in message.links} >= {("attachment", "qr.example")}
    assert [form.asks_password for form in message.forms] == [True]


async def test_without_a_reader_or_a_file_for_it_the_message_is_the_same_one() -> None:
    raw, reader = _mail("bill.pdf"), FakeReader()
    message = parse_message(raw)
    assert await with_files(message, raw, None) is message
    plain = _mail()
    message = parse_message(plain)
    assert await with_files(message, plain, reader) is message
    program = _mail("run.bin", data=b"MZ\x90")
    message = parse_message(program)
    assert await with_files(message, program, reader) is message
    assert reader.asked == []


async def test_the_same_file_is_read_once_also_inside_another() -> None:
    raw, reader = _mail("a.pdf", "b.pdf"), FakeReader()
    first, second = parse_message(raw).attachments
    inside = Document(kind="text/plain", passages=(Passage(text="inside"),))
    outer = Document(files=(InnerFile(name="b.pdf", document=inside, sha256=second.sha256),))
    reader.documents["a.pdf"] = outer
    message = await _read(raw, reader)
    assert [item.document for item in message.attachments] == [outer, inside]
    assert [name for name, _, _ in reader.asked] == ["a.pdf"]
    assert first.sha256 != second.sha256


async def test_words_of_the_mail_open_a_locked_file() -> None:
    reader = FakeReader({"bill.pdf": Document(read="encrypted", encrypted=True)})
    [item] = (await _read(_mail("bill.pdf", text="Das Passwort lautet Sommer2024."), reader)).attachments
    assert item.document == replace(BILL, encrypted=True)
    assert (item.read, item.encrypted) == ("yes", True)
    assert [passwords[:1] for _, _, passwords in reader.asked] == [(), ("Sommer2024.",)]
    [item] = (await _read(_mail("bill.pdf", text="Hi."), reader)).attachments
    assert (item.read, item.encrypted) == ("encrypted", True)


async def test_a_mail_costs_no_more_than_its_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "MAX_READ_FILES", 2)
    reader, names = FakeReader(), [f"{n}.pdf" for n in range(4)]
    message = await _read(_mail(*names), reader)
    told = [(item.read, item.document.problem if item.document else None) for item in message.attachments]
    assert told == [("yes", ""), ("yes", ""), ("too_large", "bounds"), ("too_large", "bounds")]
    monkeypatch.setattr(stage, "MAX_READ_FILES_SECONDS", -1.0)
    [item] = (await _read(_mail("0.pdf"), reader)).attachments
    assert item.document is not None
    assert (item.read, item.document.problem) == ("damaged", "time")


@pytest.mark.parametrize(("text", "expected"), [("See the posters.", 3), ("word " * 200, 0)])
async def test_words_in_pictures_are_asked_for_where_the_text_is_short(text: str, expected: int) -> None:
    """At most three pictures of a mail without much text are read for their words, and no other file."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "bo@hafen.example", "ann@example.org", "Posters"
    mail.set_content(text)
    for number in range(5):
        picture = b"\x89PNG\r\n\x1a\n" + b"%d" % number * 4_000
        mail.add_attachment(picture, maintype="image", subtype="png", filename=f"{number}.png")
    mail.add_attachment(PDF, maintype="application", subtype="pdf", filename="bill.pdf")
    reader = FakeReader()
    await _read(bytes(mail), reader)
    assert len(reader.asked) == 6
    assert len(reader.pictures) == expected
    assert "bill.pdf" not in reader.pictures


async def test_names_in_archives_stand_once() -> None:
    """An archive that names what its archives hold is not named twice, in two ways."""
    inner = InnerFile(
        name="inner.zip", document=Document(kind="application/zip", members=("run.exe",)), sha256="2" * 64
    )
    outer = Document(kind="application/zip", members=("inner.zip", "inner.zip/run.exe"), files=(inner,))
    [item] = (await _read(_mail("outer.pdf"), FakeReader(documents={"outer.pdf": outer}))).attachments

    assert item.members == ("inner.zip", "inner.zip/run.exe")


async def test_a_scan_is_read_once_more_for_its_words() -> None:
    """A PDF that says its words stand in pictures is asked for them, three of a mail at most."""
    scan = Document(kind="application/pdf", problem="no OCR")
    names = [f"{number}.pdf" for number in range(5)]
    reader = FakeReader(dict.fromkeys(names, scan))
    await _read(_mail(*names), reader)
    assert reader.pictures == names[:3]
    assert len(reader.asked) == 8


class _LockedScan(FakeReader):
    """A scan behind a password: read without OCR it has no words."""

    async def read(
        self, data: bytes, *, name: str, kind: str, passwords: tuple[str, ...] = (), ocr: bool = False
    ) -> Document:
        """Return it locked, then without words, then with them."""
        self.asked.append((name, kind, passwords))
        if "Sommer2024" not in passwords:
            return Document(kind=kind, read="encrypted", encrypted=True)
        return BILL if ocr else Document(kind=kind, problem="no OCR", encrypted=True)


async def test_a_locked_scan_is_read_for_its_words_with_the_password_of_the_mail() -> None:
    reader = _LockedScan()
    [item] = (await _read(_mail("scan.pdf", text="Das Passwort lautet Sommer2024."), reader)).attachments
    assert item.document == replace(BILL, encrypted=True)
    assert len(reader.asked) == 3
    [item] = (await _read(_mail("scan.pdf", text="Hi."), reader)).attachments
    assert (item.read, item.text) == ("encrypted", "")


class Here(FakeReader):
    """Reads in this process."""

    async def read(
        self, data: bytes, *, name: str, kind: str, passwords: tuple[str, ...] = (), ocr: bool = False
    ) -> Document:
        """Return what the reader of the kind finds."""
        return read_file(Source(data=data, name=name, kind=kind, passwords=passwords, ocr=ocr))


def _calendar(head: str, own: str = "") -> bytes:
    lines = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{own}BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20261203T090000Z\r\nSUMMARY:Budget\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    return (
        "From: eva@firma.example\r\nTo: ann@example.org\r\nSubject: Budget\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/alternative; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nBudget\r\n'
        f"--b\r\nContent-Type: text/calendar; charset=utf-8{head}\r\n\r\n{lines}\r\n--b--\r\n"
    ).encode()


@pytest.mark.parametrize(
    ("head", "own", "cancelled"),
    [
        ("; method=CANCEL", "", True),
        ('; METHOD="cancel"; component=VEVENT', "", True),
        ("", "METHOD:CANCEL\r\n", True),
        ("; method=CANCEL", "METHOD:REQUEST\r\n", False),
        ("; method=REQUEST", "", False),
        ("", "", False),
    ],
)
async def test_a_cancellation_may_stand_in_the_type_of_the_part_alone(head: str, own: str, cancelled: bool) -> None:
    """RFC 6047 2.4: the parameter repeats the calendar's method; some programs write it there only."""
    raw = _calendar(head, own)
    [item] = (await with_files(parse_message(raw), raw, Here())).attachments
    assert item.document is not None
    told = [fact.value for fact in item.document.facts if fact.type == "status"]
    assert told == (["cancelled"] if cancelled else [])
    assert ("cancelled" in item.document.text) is cancelled
