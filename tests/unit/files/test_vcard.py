"""Contacts of three versions: names, phone numbers as written and in E.164, addresses."""

from __future__ import annotations

from glassdome.files.read import read_file
from glassdome.files.source import Source

VERSION_2 = (
    "BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=B6rg;;Dr.\n"
    "TEL;CELL;VOICE:0171 5550123\nTEL;WORK:0049 511 5550188\n"
    "ADR;WORK;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:;;Lange Stra=C3=9Fe 5=\n;Hannover;;30159;Germany\n"
    "EMAIL;INTERNET:joerg@example.org\nPHOTO;ENCODING=BASE64;JPEG:\n /9j/4AAQSkZJRgABAQ\n\nEND:VCARD\n"
)
VERSION_3 = (
    "BEGIN:VCARD\nVERSION:3.0\nFN:Priya Bennett\nN:Bennett;Priya;;;\nORG:Lumenfold;Sales\nitem1.TEL;TYPE=CELL:+44 7700 900417\n"
    "EMAIL;TYPE=INTERNET:priya@lumenfold.example\nURL:https://lumenfold.example/priya\nNOTE:Call\\, or see https://cal.example/p\n"
    "END:VCARD\nBEGIN:VCARD\nVERSION:3.0\nFN:Foto Barbieri\nTEL:+39 051 5550177\nEND:VCARD\n"
)
VERSION_4 = (
    'BEGIN:VCARD\nVERSION:4.0\nFN:Ana\nTEL;VALUE=uri;TYPE="voice,home":tel:+1-555-555-0133;ext=5555\n'
    "TEL:+44 (0)20 7946 0123\nEMAIL:mailto:ana@example.org\nADR:;;Calle\\, Mayor 1;Madrid;;28013;Spain\nEND:VCARD\n"
)


def facts(text: str) -> set[tuple[str, str]]:
    """Return types and values of a file."""
    document = read_file(Source(data=text.encode(), name="contact.vcf"))
    return {(fact.type, fact.value) for fact in document.facts}


def test_version_2() -> None:
    """Quoted-printable parts; a number without a country stays as it is."""
    assert facts(VERSION_2) == {
        ("name", "Dr. Jörg Müller"),
        ("phone", "0171 5550123"),
        ("phone", "0049 511 5550188"),
        ("phone", "+495115550188"),
        ("place", "Lange Straße 5, Hannover, 30159, Germany"),
        ("email", "joerg@example.org"),
    }


def test_version_3() -> None:
    """Several cards, groups, links and notes."""
    assert facts(VERSION_3) >= {
        ("name", "Priya Bennett"),
        ("name", "Foto Barbieri"),
        ("phone", "+44 7700 900417"),
        ("phone", "+447700900417"),
        ("phone", "+39 051 5550177"),
        ("email", "priya@lumenfold.example"),
        ("link", "https://lumenfold.example/priya"),
        ("link", "https://cal.example/p"),
    }


def test_version_4() -> None:
    """Numbers and addresses as URIs; a trunk prefix is not dialled from abroad."""
    assert facts(VERSION_4) >= {
        ("phone", "+1-555-555-0133"),
        ("phone", "+15555550133"),
        ("phone", "+442079460123"),
        ("email", "ana@example.org"),
        ("place", "Calle, Mayor 1, Madrid, 28013, Spain"),
    }


def test_many_cards_are_bounded() -> None:
    """A book of addresses gives its first."""
    assert len(facts("".join(f"BEGIN:VCARD\nFN:Person {number}\nEND:VCARD\n" for number in range(20_000)))) == 200
