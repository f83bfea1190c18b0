"""The first category of service mail: what its header fields say of it, and what they do not."""

from __future__ import annotations

import pytest

from glassdome.engine.builtin.author import Author
from glassdome.engine.builtin.categories import categorize
from glassdome.parse import parse_message


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("X-Auto-Response-Suppress: All", "notification"),
        ("Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: OOF", "notification"),
        ("X-Autoreply: yes", "auto-reply"),
        ("Auto-Submitted: auto-replied", "auto-reply"),
        ("List-Unsubscribe: <https://x.example/u>", "notification"),
        (
            "List-Unsubscribe: <https://x.example/u>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nPrecedence: bulk",
            "newsletter",
        ),
    ],
)
def test_fields_of_programs(fields: str, expected: str) -> None:
    """A program that suppresses answers sends no auto-reply, and single notices have a way to unsubscribe too."""
    raw = f"From: X <no-reply@x.example>\r\n{fields}\r\nSubject: Zq\r\n\r\nQx.\r\n"
    assert categorize(parse_message(raw.encode()), author=Author.MACHINE, subject={}, text={})[0] == expected
