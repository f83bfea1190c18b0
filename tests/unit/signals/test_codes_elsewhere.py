"""QR codes that lead away from their sender, and those that are drawn with characters."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from glassdome.values.document import Code, Document
from glassdome.values.message import Attachment, Link
from tests.unit.signals.build import hits, mail, verified
from tests.unit.signals.test_asks import OURS

_SENDER = "Rowan Petrie <rowan@petrie-books.example>"
_URL = "https://view.team-files-0x8.example/s/1"


def _mail(link: Link, *codes: Code) -> Any:
    item = Attachment(filename="view.png", document=Document(kind="image/png", codes=codes))
    proven = verified("dmarc=pass petrie-books.example")
    made = mail(_SENDER, text="Scan to view", attachments=(item,) if codes else (), authentication=proven)
    return replace(made, links=(link,))


@pytest.mark.parametrize("said", [_URL, "view.team-files-0x8.example/s/1", f"{_URL}/"])
def test_a_code_of_a_file_leads_to_a_stranger(said: str) -> None:
    """With or without its scheme and last slash."""
    link = Link(url=_URL, place="attachment", host="view.team-files-0x8.example")
    assert "code_stranger" in hits(_mail(link, Code(kind="QR", text=said)), OURS)


def test_a_link_that_no_code_holds() -> None:
    """The same link in words is judged as a link."""
    link = Link(url=_URL, place="text", host="view.team-files-0x8.example")
    assert hits(_mail(link), OURS).isdisjoint(("code_stranger", "code_drawn"))


def test_a_code_that_leads_home() -> None:
    """A flyer of a club shows the club's own page."""
    link = Link(url="https://petrie-books.example/fete", place="attachment", host="petrie-books.example")
    assert "code_stranger" not in hits(_mail(link, Code(kind="QR", text=link.url)), OURS)


def test_a_drawn_code() -> None:
    """It hides from programs wherever it leads."""
    home = Link(url="https://petrie-books.example/fete", place="text", host="petrie-books.example", coded=True)
    assert "code_drawn" in hits(_mail(home), OURS)
    away = Link(url=_URL, place="text", host="view.team-files-0x8.example", coded=True)
    assert {"code_drawn", "code_stranger"} <= hits(_mail(away), OURS)
