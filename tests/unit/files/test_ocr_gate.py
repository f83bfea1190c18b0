"""The gate before words in pictures: open for mails that say next to nothing in text."""

from __future__ import annotations

import pytest

from glassdome.core.limits import MAX_OCR_TEXT_CHARS
from glassdome.files.ocr_gate import speaks_in_pictures
from glassdome.values.message import Attachment, Message

_POSTER = Attachment(filename="poster.png", true_type="image/png", size=40_000)
_LOGO = Attachment(filename="logo.png", true_type="image/png", size=900)
_DRAWING = Attachment(filename="a.svg", true_type="image/svg+xml", size=40_000)
_BILL = Attachment(filename="bill.pdf", true_type="application/pdf", size=40_000)


@pytest.mark.parametrize(
    ("attachments", "text", "expected"),
    [
        ((_POSTER,), "", True),
        ((_LOGO, _POSTER), "See the poster.\n\nAnn", True),
        ((_POSTER,), "word " * MAX_OCR_TEXT_CHARS, False),
        ((_LOGO,), "", False),
        ((_DRAWING,), "", False),
        ((_BILL,), "", False),
        ((), "", False),
    ],
)
def test_only_mails_of_pictures_pass(attachments: tuple[Attachment, ...], text: str, expected: bool) -> None:
    """A picture larger than a logo and hardly any text open the gate."""
    message = Message(attachments=attachments, text=text, new_text=text)
    assert speaks_in_pictures(message) is expected


def test_a_quoted_mail_does_not_close_it() -> None:
    """The text that counts is the sender's own."""
    assert speaks_in_pictures(
        Message(attachments=(_POSTER,), text="See below.\n" + "> quoted " * 100, new_text="See below.")
    )
