"""Text that style sheets write and pages in frames are read as a browser shows them, in bounded time."""

from __future__ import annotations

from html import escape

import pytest

from tests.unit.parse.mail import parse_html


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<style>.x::before{content:"Dear user "}</style><p class=x>hello', "Dear user hello"),
        ("<style>p:after{content:' pay now'}</style><p>hello", "hello pay now"),
        ('<style>.x:before{content:"one "}.x:after{content:"two"}</style><span class=x></span>', "one two"),
        ('<style>div > p.a.b::before{content:"X "}</style><div><p class="a b">y', "X y"),
        ('<style>.no p::before{content:"X "}</style><div><p>y', "y"),
        ('<style>h2 + p::before{content:"X "}</style><h2>a</h2> <p>b<p>c', "a\n\nX b\n\nc"),
        ('<style>p:not(.q)::before{content:"X "}</style><p>b', "X b"),
        ('<style>p:hover::before{content:"X "}</style><p>b', "b"),
        ('<style>[data-t]::before{content:attr(data-t)}</style><p data-t="Your account"></p>', "Your account"),
        ("<style>p::before{content:'\\50 ay\\50 al '}</style><p>x", "PayPal x"),
        ('<style>p::before{c\\6fntent:"Pay "}</style><p>x', "Pay x"),
        ('<style>p::b\\65 fore{content:"Pay "}</style><p>x', "Pay x"),
        ('<style>p::before{content:"a}b{c;d "} .q{color:red}</style><p>x', "a}b{c;d x"),
        ('<style>/* p */ p::before/**/{content:/**/"Pay "}</style><p>x', "Pay x"),
        ('<style>p::before{content:"Pay " / "nothing"}</style><p>x', "Pay x"),
        ('<style>p::before{content:"Pay " attr(title) "now "}</style><p title="it ">x', "Pay it now x"),
        ('<style>@media screen{p::before{content:"Pay "}}</style><p>x', "Pay x"),
        ('<style>@media (max-width:600px){p::before{content:"Pay "}}</style><p>x', "Pay x"),
        ('<style>@media print{p::before{content:"Pay "}}</style><p>x', "x"),
        ('<style media="print">p::before{content:"Pay "}</style><p>x', "x"),
        ('<style>p::before{content:"Pay";display:block}</style><p>x', "Pay\nx"),
        ('<style>p::before{content:"Pay"} p::before{content:""}</style><p>x', "x"),
        ('<style>p::before{content:"Pay"} p::before{content:none}</style><p>x', "x"),
        ('<style>#i::before{content:"Pay "} p::before{content:"no"}</style><p id=i>x', "Pay x"),
        ('<style>p::before{content:"Pay " !important} #i::before{content:"no"}</style><p id=i>x', "Pay x"),
        ('<style>:root{--m:"Pay "} p::before{content:var(--m)}</style><p>x', "Pay x"),
        ("<ul style=\"list-style-type:'Pay '\"><li>x<li>y</ul><ul><li>z</ul>", "Pay x\nPay y\nz"),
        ('<style>ul.q{list-style:"Pay "}</style><ul class=q><li>x</ul>', "Pay x"),
        ('<style>li::marker{content:"Pay "}</style><ul><li>x</ul>', "Pay x"),
        ('<select><optgroup label="Group"><option label="Own">', "Group Own"),
    ],
)
def test_text_of_a_style_sheet(html: str, text: str) -> None:
    """Words that no element holds are read where they are shown."""
    assert parse_html(html).text == text


@pytest.mark.parametrize(
    "html",
    [
        '<style>p::before{content:"Pay";display:none}</style><p>x',
        '<style>p::before{content:"Pay";font-size:0}</style><p>x',
        '<div style="display:none"><iframe srcdoc="<p>Pay"></iframe></div><p>x',
        '<iframe width=0 height=0 srcdoc="<p>Pay"></iframe><p>x',
        "<style>p.z{display:none}</style><p class=z>Pay</p><p>x",
        "<style>i{display:none}</style><i>Pay</i><p>x",
        "<style>I{display:none}</style><i>Pay</i><p>x",
        "<style>div p.z{display:none}</style><div><p class=z>Pay</p></div><p>x",
        "<style>div > p[title]{font-size:0}</style><div><p title=z>Pay</p></div><p>x",
        "<style>@media screen{.z{display:none}}</style><i class=z>Pay</i><p>x",
        "<style>@media only screen and (min-width:1px){.z{display:none}}</style><i class=z>Pay</i><p>x",
        "<dialog>Pay</dialog><p>x",
        "<datalist><option>Pay</datalist><p>x",
        "<svg><desc>Pay</desc><defs></defs></svg><p>x",
    ],
)
def test_hidden_all_the_same(html: str) -> None:
    """A style that hides it, by whatever selector, is obeyed there too."""
    message = parse_html(html)

    assert (message.text, [piece.text for piece in message.hidden]) == ("x", ["Pay"])


@pytest.mark.parametrize(
    "html",
    [
        "<style>@media (max-width:400px){.z{display:none}}</style><i class=z>x</i>",
        "<style>@media not screen{.z{display:none}}</style><i class=z>x</i>",
        "<style>u + .body .z{display:none}</style><div class=body><i class=z>x</i></div>",
        "<style>.no .z{display:none}</style><i class=z>x</i>",
        "<style media=print>.z{display:none}</style><i class=z>x</i>",
        "<dialog open>x</dialog>",
    ],
)
def test_shown_all_the_same(html: str) -> None:
    """A rule for another program or medium hides nothing here."""
    assert parse_html(html).text == "x"


@pytest.mark.parametrize(
    "frame",
    [
        f'<iframe srcdoc="{escape("<p>Hello <a href=http://evil.example/x>bank</a>")}"></iframe>',
        '<iframe srcdoc="<p>Hello <a href=http://evil.example/x>bank</a>"></iframe>',
        f'<iframe srcdoc="{escape("<iframe srcdoc=" + chr(34) + "Hello <a href=http://evil.example/x>bank</a>" + chr(34) + ">")}">',
        '<iframe src="data:text/html,%3Cp%3EHello%20%3Ca%20href=http://evil.example/x%3Ebank%3C/a%3E"></iframe>',
        '<iframe src="data:text/html;charset=utf-8;base64,SGVsbG8gPGEgaHJlZj1odHRwOi8vZXZpbC5leGFtcGxlL3g+YmFuazwvYT4="></iframe>',
        '<object data="data:text/html;base64,SGVsbG8gPGEgaHJlZj1odHRwOi8vZXZpbC5leGFtcGxlL3g+YmFuazwvYT4="></object>',
        '<embed src="DATA:text/html;base64,SGVsbG8gPGEgaHJlZj1odHRwOi8vZXZpbC5leGFtcGxlL3g+YmFuazwvYT4=">',
    ],
)
def test_page_in_a_frame(frame: str) -> None:
    """Its words stand in the place of the frame, and its links count."""
    message = parse_html(f"<p>a</p>{frame}")

    assert message.text.split() == ["a", "Hello", "bank"]
    assert [(link.host, link.shown) for link in message.links] == [("evil.example", "bank")]


def test_a_mail_that_is_a_frame_is_read() -> None:
    """The page beside a greeting of the plain text is what is shown."""
    message = parse_html('<html><body><iframe srcdoc="Send the codes now"></iframe></body></html>')

    assert (message.text, message.readable) == ("Send the codes now", "yes")


def test_frames_without_end_are_not_taken_for_an_empty_mail() -> None:
    """Past the bound the mail counts as unread."""
    page = "Send the codes now"
    for _ in range(6):
        page = f'<iframe srcdoc="{escape(page)}"></iframe>'

    assert parse_html(page).readable == "damaged"


def test_words_in_an_empty_link_belong_to_it() -> None:
    """A link that holds no text shows what the style sheet writes, and not the words behind it."""
    message = parse_html(
        '<style>a.q::after{content:"https://bank.example"}</style>'
        '<a class=q href="http://evil.example"></a> <a href="http://other.example"></a>next'
    )

    assert [(link.host, link.shown) for link in message.links][:2] == [
        ("evil.example", "https://bank.example"),
        ("other.example", ""),
    ]
