"""The content hash: one newsletter, many recipients."""

from __future__ import annotations

import pytest

from glassdome.parse import parse_message


def _hash(
    to: str = "Ann Miller <ann@x.example>",
    name: str = "Ann",
    path: str = "offer/a81b2c3d4e5f60718?u=1",
    subject: str = "News",
    extra: str = "",
    host: str = "shop.example",
) -> str:
    html = f'<p>Dear {name}, pay to 12345.{extra}</p><a href="https://{host}/{path}">Open</a>'
    raw = f"From: News <news@shop.example>\nTo: {to}\nSubject: {subject}\nContent-Type: text/html\n\n{html}"
    return parse_message(raw.encode()).content_hash


def test_equal_for_other_recipients() -> None:
    """Names, addresses, keys and parameters of links belong to the recipient, not to the content."""
    other = _hash(to="Bob Stone <bob@y.example>", name="Bob", path="offer/9f8e7d6c5b4a39281?u=2&t=x")

    assert other == _hash()
    assert _hash(subject="Re: News") == _hash()


@pytest.mark.parametrize(
    "change",
    [{"host": "evil.example"}, {"extra": " Now."}, {"extra": "6"}, {"subject": "Other"}, {"path": "login/x"}],
)
def test_different_for_other_content(change: dict[str, str]) -> None:
    """Another host, path, word or number is another content."""
    assert _hash(**change) != _hash()
