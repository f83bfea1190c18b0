"""Valid responses of servers are parsed; invalid ones are refused."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassdome.core.errors import ProtocolViolation
from glassdome.integrations.imap.folder_names import decode_folder, encode_folder
from glassdome.integrations.imap.response import Response, pairs, parse_response


def test_status_response_with_code() -> None:
    """Code, its arguments and the text for people are told apart."""
    assert parse_response([b"* OK [UIDVALIDITY 17] UIDs valid"]) == Response(
        tag="*", name="OK", code="UIDVALIDITY", arguments="17", text="UIDs valid"
    )
    assert parse_response([b"G1 NO [AUTHENTICATIONFAILED] no"]).code == "AUTHENTICATIONFAILED"
    assert parse_response([b"G1 BAD what [is] this"]).text == "what [is] this"
    assert parse_response([b"+ idling"]).text == "idling"


def test_fetch_with_literal() -> None:
    """The literal is bytes and stands where it was, whatever is in it."""
    raw = b'Subject: )\r\n\r\n* 1 FETCH (UID 9) "'
    found = parse_response([b"* 12 FETCH (UID 5 FLAGS (\\Seen $Junk) BODY[] ", raw, b" MODSEQ (77))"])
    assert (found.name, found.number) == ("FETCH", 12)
    assert pairs(found.data[0]) == {"UID": "5", "FLAGS": ("\\Seen", "$Junk"), "BODY[]": raw, "MODSEQ": ("77",)}


def test_body_section_with_spaces_is_one_atom() -> None:
    """RFC 9051 9: a section name holds a list of header fields."""
    found = parse_response([b"* 1 FETCH (BODY[HEADER.FIELDS (DATE FROM)] ", b"x", b" UID 1)"])
    assert set(pairs(found.data[0])) == {"BODY[HEADER.FIELDS (DATE FROM)]", "UID"}


def test_list_and_search() -> None:
    """Quoted strings lose their quotes and backslashes; NIL is nothing; SEARCH is a row of numbers."""
    found = parse_response([b'* LIST (\\HasNoChildren \\Junk) NIL "a \\"b\\" \\\\ c"'])
    assert found.data == (("\\HasNoChildren", "\\Junk"), None, 'a "b" \\ c')
    assert parse_response([b"* SEARCH 1 2 30"]).data == ("1", "2", "30")
    assert parse_response([b"* SEARCH"]).data == ()


@pytest.mark.parametrize(
    "parts",
    [
        [b""],
        [b"*"],
        [b"* "],
        [b'* LIST () "/" "no end'],
        [b"* 1 FETCH (UID 1"],
        [b"* 1 FETCH UID 1)"],
        [b"* 1 FETCH " + b"(" * 50 + b")" * 50],
    ],
)
def test_what_is_no_response(parts: list[bytes]) -> None:
    """A server that is no IMAP server, or not in its right mind, ends in ProtocolViolation."""
    with pytest.raises(ProtocolViolation):
        parse_response(parts)


@given(st.binary(max_size=300), st.lists(st.binary(max_size=20), max_size=2))
def test_any_bytes_parse_or_are_refused(line: bytes, more: list[bytes]) -> None:
    """Nothing else is ever raised."""
    parts = [b"* 1 FETCH " + line]
    for literal in more:
        parts += [literal, line]
    with contextlib.suppress(ProtocolViolation):
        parse_response(parts)


@pytest.mark.parametrize(
    ("name", "wire"),
    [
        ("INBOX", "INBOX"),
        ("Entwürfe", "Entw&APw-rfe"),
        ("R&D", "R&-D"),
        ("日本語/メール", "&ZeVnLIqe-/&MOEw,DDr-"),
        ("😀", "&2D3eAA-"),
    ],
)
def test_folder_names(name: str, wire: str) -> None:
    """The examples of RFC 3501 5.1.3 and their like, both ways."""
    assert (encode_folder(name), decode_folder(wire)) == (wire, name)


@pytest.mark.parametrize("wire", ["&", "&A-", "&AA-x", "&2D0-", "ü&"])
def test_broken_folder_names_stay(wire: str) -> None:
    """A name that an old server stored raw is shown as it is."""
    assert decode_folder(wire) == wire


@given(st.text())
def test_folder_names_come_back(name: str) -> None:
    """Any name survives, as printable ASCII."""
    wire = encode_folder(name)
    assert wire.isascii()
    try:
        name.encode("utf-16-be")
    except UnicodeEncodeError:
        return
    assert decode_folder(wire) == name
