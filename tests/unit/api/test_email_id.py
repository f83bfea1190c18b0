"""email_id, mailbox and folder as callers write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassdome.core.errors import InputError
from glassdome.desk.email_id import EmailId, as_folder, as_mailbox, parse_email_id


@pytest.mark.parametrize(
    ("text", "folder", "expected"),
    [
        ("12345", "INBOX", EmailId(uid=12345)),
        ("7", "Archive/2026", EmailId(folder="Archive/2026", uid=7)),
        ("INBOX;UIDVALIDITY=1;UID=5", "INBOX", EmailId(uid=5, uid_validity=1)),
        ("inbox;uidvalidity=1/;uid=5", "Other", EmailId(uid=5, uid_validity=1)),
        ("Entw%C3%BCrfe;UIDVALIDITY=9;UID=4294967295", "", EmailId(folder="Entwürfe", uid=4294967295, uid_validity=9)),
        ("<a.b@c.example>", "inbox", EmailId(message_id="a.b@c.example")),
    ],
)
def test_each_form_is_understood(text: str, folder: str, expected: EmailId) -> None:
    """A bare UID, the RFC 5092 form and a Message-ID name a message."""
    assert parse_email_id(text, folder) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "-1",
        "1.5",
        "abc",
        "4294967296",
        "١٢",
        "<>",
        "INBOX;UID=5",
        "INBOX;UIDVALIDITY=0;UID=5",
        "1\r\nA LOGOUT",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    """A sentence says which forms there are; no control character ever reaches the mail server."""
    with pytest.raises(InputError):
        parse_email_id(text)


def test_mailboxes_are_lower_case() -> None:
    """mailcow keeps addresses in lower case."""
    assert as_mailbox("User@Example.ORG") == "user@example.org"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "user",
        "@example.org",
        "a@b@c",
        "a b@c.org",
        "a@b.org,b",
        "u@b.org*master",
        "a*b@b.org",
        " a@b.org",
        "a@b.org\n",
        "ü@b.org",
        "x" * 400 + "@c.org",
    ],
)
def test_what_is_no_mailbox_is_refused(text: str) -> None:
    """Only a plain full address names a mailbox."""
    with pytest.raises(InputError):
        as_mailbox(text)


@pytest.mark.parametrize("text", ["", "a\x00b", "a\nb", "x" * 1001, "\ud800"])
def test_what_is_no_folder_is_refused(text: str) -> None:
    """Empty, endless or with control characters: no folder."""
    with pytest.raises(InputError):
        as_folder(text)


@given(st.text(), st.text())
def test_parsing_never_crashes(text: str, folder: str) -> None:
    """Whatever comes, it is a message's name or an InputError."""
    try:
        found = parse_email_id(text, folder)
    except InputError:
        return
    assert found.uid > 0 or found.message_id
