"""The last rule decides whether text is shown, as in browsers; what is mirrored is read as the eye reads it."""

from __future__ import annotations

import pytest

from glassdome.parse.html import read_html
from glassdome.parse.state import ParseState

WORDS = "please send the codes"


@pytest.mark.parametrize(
    "html",
    [
        f"<style>.a{{display:none}}.a{{display:block}}</style><div class=a>{WORDS}</div>",
        f"<style>.a{{display:none}}</style><div class=a style='display:block'>{WORDS}</div>",
        f"<style>.a{{display:none}}.a{{display:block !important}}</style><div class=a>{WORDS}</div>",
        f"<div hidden style='display:block'>{WORDS}</div>",
        f"<style>div{{visibility:hidden}}#b{{visibility:visible}}</style><div id=b>{WORDS}</div>",
        f"<div style='visibility:hidden'><span style='visibility:visible'>{WORDS}</span></div>",
        f"<bdo dir=rtl>{WORDS[::-1]}</bdo>",
        f"<span style='unicode-bidi:bidi-override;direction:rtl'>{WORDS[::-1]}</span>",
        f"<span style='direction:rtl;unicode-bidi:isolate-override'><b>{WORDS[::-1]}</b></span>",
        f"<input type=submit value='{WORDS}'>",
        f"<input placeholder='{WORDS}'>",
    ],
)
def test_what_is_shown(html: str) -> None:
    """Text that a mail program shows is text."""
    assert read_html(html, ParseState()).text == WORDS


@pytest.mark.parametrize(
    "html",
    [
        f"<style>.a{{display:block}}.a{{display:none}}</style><div class=a>{WORDS}</div>",
        f"<style>.a{{display:none !important}}</style><div class=a style='display:block'>{WORDS}</div>",
        f"<div style='display:none'><span style='display:block'>{WORDS}</span></div>",
        f"<div style='display:none'><span style='visibility:visible'>{WORDS}</span></div>",
        f"<div style='visibility:hidden'><span>{WORDS}</span></div>",
        f"<input type=hidden value='{WORDS}'>",
        f"<input type=password value='{WORDS}'>",
    ],
)
def test_what_is_hidden(html: str) -> None:
    """Text that no mail program shows is none."""
    assert read_html(f"seen{html}", ParseState()).text == "seen"


def test_mirrored_text_is_reported() -> None:
    """Nobody who has nothing to hide writes his words backwards."""
    page = read_html(f"<bdo dir=rtl>{WORDS[::-1]}</bdo><p dir=rtl>שלום עולם</p>", ParseState())

    assert [(piece.how, piece.text) for piece in page.hidden] == [("bidi", WORDS)]
    assert page.text.endswith("שלום עולם")


@pytest.mark.parametrize(
    "tag", ["<embed src='https://evil.example/x'>", "<object data='https://evil.example/x'></object>"]
)
def test_what_is_loaded_is_a_link(tag: str) -> None:
    """A page in a frame leads where a link would."""
    assert [link.host for link in read_html(tag, ParseState()).links] == ["evil.example"]
