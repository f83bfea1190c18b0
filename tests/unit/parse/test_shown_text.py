"""The text for the page: words in order, each link with its true host, and no mark that the mail itself could write."""

from __future__ import annotations

from glassdome.parse import ShownPiece, shown_text

SECRET = "0123456789abcdef"


def pieces(html: str) -> list[tuple[str, str]]:
    """Return the pieces of an HTML mail, blanks made one."""
    head = "From: a@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    found = shown_text((head + html).encode(), secret=SECRET)
    return [(" ".join(piece.text.split()), piece.host) for piece in found]


def test_a_link_is_followed_by_the_host_that_a_browser_would_go_to() -> None:
    """Whatever its words say; text behind it goes on."""
    html = '<p>See <a href="https://www.bank.example@evil.example/x">www.bank.example</a> today.</p>'

    assert pieces(html) == [("See www.bank.example", "evil.example"), ("today.", "")]


def test_hidden_links_have_no_mark() -> None:
    """Their words are not shown either."""
    assert pieces('<p>Hi<a href="https://evil.example/" style="display:none">secret</a> there</p>') == [
        ("Hi there", "")
    ]


def test_a_mail_cannot_write_a_mark() -> None:
    """The name is drawn for each reading; the characters around it are plain text."""
    html = '<p>Go to <a href="https://evil.example/">x</a> &#xE002;guess:bank.example&#xE003;</p>'
    (_, rest) = pieces(html)

    assert rest == ("\ue002guess:bank.example\ue003", "")


def test_plain_text_is_one_piece() -> None:
    """It has no link with other words than its address."""
    raw = b"From: a@b.example\r\n\r\nSee https://one.example/ now.\r\n"

    assert shown_text(raw, secret=SECRET) == (ShownPiece(text="See https://one.example/ now."),)
