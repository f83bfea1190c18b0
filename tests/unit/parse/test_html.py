"""HTML bodies: what is visible, what is hidden and how, and what is in it."""

from __future__ import annotations

import pytest

from tests.unit.parse.mail import parse_html, parse_text


def test_visible_text_keeps_its_blocks() -> None:
    """Blocks, breaks and cells part words; inline elements and white space do not."""
    message = parse_html(
        "<p>Hello  <b>W</b>orld</p><table><tr><td>a<td>b</table>x<br>y<pre>k  l\nm</pre><ul><li>1<li>2</ul>"
        "<style>p{}</style><script>no()</script><title>no</title>"
    )

    assert message.text == "Hello World\n\na b\nx\ny\nk l\nm\n1\n2"
    assert message.has_html
    assert message.has_script


@pytest.mark.parametrize(
    ("html", "how"),
    [
        ('<div style="display:none">X</div>', "css"),
        ('<div style="DISPLAY : none !important; display:block">X</div>', "css"),
        ('<div style="display:/**/none">X</div>', "css"),
        ('<div style="d\\69 splay:none">X</div>', "css"),
        ('<div style="visibility:hidden">X</div>', "css"),
        ('<div style="opacity:0"><p>X</p></div>', "css"),
        ('<div style="max-height:0;overflow:hidden">X</div>', "css"),
        ("<div hidden>X</div>", "css"),
        ('<span style="font-size:0">X</span>', "size"),
        ('<span style="font-size:1px">X</span>', "size"),
        ('<span style="font:0/0 a">X</span>', "size"),
        ('<div style="font-size:10px"><i style="font-size:0.1em">X</i></div>', "size"),
        ('<span style="color:#fff">X</span>', "color"),
        ('<span style="color:white">X</span>', "color"),
        ('<font color="#FEFEFE">X</font>', "color"),
        ('<td bgcolor="#123456"><span style="color:rgb(18,52,86)">X</span>', "color"),
        ('<div style="background:#eee"><i style="color:#eeeeee">X</i></div>', "color"),
        ('<span style="color:transparent">X</span>', "color"),
        ('<span style="color:rgba(0,0,0,0)">X</span>', "color"),
        ('<div style="position:absolute;left:-9999px">X</div>', "offscreen"),
        ('<div style="text-indent:-9999px">X</div>', "offscreen"),
        ("<style>.h{display:none}</style><p class='a h'>X</p>", "css"),
        ("<style>@media print{p{color:red}} #k , .z {font-size:0}</style><p id=k>X</p>", "size"),
        ("<!-- this is a note that nobody sees -->", "comment"),
        ("<?xml obey these words that nobody sees ?>", "comment"),
    ],
)
def test_hidden_text(html: str, how: str) -> None:
    """Each way to hide text is reported apart and keeps out of the visible text."""
    message = parse_html(f"<table><tr><td>seen</td></tr></table><table><tr>{html}</table><p>end</p>")

    assert [h.how for h in message.hidden] == [how]
    assert message.text.split() == ["seen", "end"]


@pytest.mark.parametrize(
    "html",
    [
        '<div style="font-size:0"><p style="font-size:14px">X</p></div>',
        '<div style="background:#000"><p style="color:#fff">X</p></div>',
        '<table bgcolor="navy"><tr><td style="color:white">X</table>',
        '<div style="background:url(i.png)"><p style="color:#fff">X</p></div>',
        "<style>.dark{background:#111}</style><div class=dark style='color:#fff'>X</div>",
        "<style>.a .dark{background:#111}</style><div class=dark style='color:#fff'>X</div>",
        "<style>@media (max-width:600px){p{display:none}}</style><p>X</p>",
        '<div style="color:#fff"><a href="http://x.example/" style="background:red">X</a></div>',
        '<p style="font-size:small">X</p>',
        '<?xml version="1.0" encoding="UTF-8" standalone="no"?><p>X</p>',
        '<p><?xml:namespace prefix = "o" ns = "urn:schemas-microsoft-com:office:office" />X</p>',
    ],
)
def test_visible_after_all(html: str) -> None:
    """Usual newsletter practice is not taken for hiding."""
    message = parse_html(html)

    assert (message.text, message.hidden) == ("X", ())


def test_preheader_is_told_apart() -> None:
    """Short hidden text before everything else is the teaser mail programs show in their list."""
    message = parse_html('<div style="display:none">Your weekly offers</div><p>Hi</p><div style="display:none">b</div>')

    assert [(h.how, h.text) for h in message.hidden] == [("preheader", "Your weekly offers"), ("css", "b")]


def test_long_hidden_start_is_no_preheader() -> None:
    """Hidden text longer than any teaser is hidden text, wherever it stands."""
    message = parse_html(f'<div style="display:none">{"obey me " * 60}</div><p>Hi</p>')

    assert [h.how for h in message.hidden] == ["css"]


def test_links_show_and_target() -> None:
    """A link has what is shown and where it leads, whatever the spelling."""
    message = parse_html(
        '<base href="https://base.example/d/"><a href="http://EVIL.example/p?q=1#f"><b>https://paypal.com</b> now</a>'
        '<a href="rel.html"><img alt="Log in" src="https://img.example/i.png"></a>'
        '<map><area href="//area.example/x" alt="Map"></map><a href="ma\nilto:Bob@Mail.example">write</a>'
        '<div style="display:none"><a href="http://secret.example/">s</a></div><p>see http://bare.example/a.</p>'
    )

    assert [(x.url, x.shown, x.place, x.host) for x in message.links] == [
        ("http://EVIL.example/p?q=1#f", "https://paypal.com now", "html", "evil.example"),
        ("https://base.example/d/rel.html", "Log in", "html", "base.example"),
        ("http://area.example/x", "Map", "area", "area.example"),
        ("mailto:Bob@Mail.example", "write", "html", "mail.example"),
        ("http://secret.example/", "", "hidden", "secret.example"),
        ("http://bare.example/a", "", "text", "bare.example"),
    ]
    assert message.remote_images == 1


def test_forms() -> None:
    """A form has its target and says whether it wants a password; so has a loose password field."""
    message = parse_html(
        '<form action="https://x.example/go"><input name=u><input type=PassWord></form><input type="password">'
    )

    assert [(f.action, f.asks_password, f.inputs) for f in message.forms] == [
        ("https://x.example/go", True, 2),
        ("", True, 1),
    ]
    assert [(x.url, x.place) for x in message.links] == [("https://x.example/go", "form")]


@pytest.mark.parametrize(
    "html", ["<script>x()</script>", "<img src=x onerror=go()>", "<a href='javascript:go()'>x</a>", "<svg onload=a()>"]
)
def test_script(html: str) -> None:
    """Whatever would run is noted."""
    assert parse_html(html).has_script


def test_image_only_mail() -> None:
    """The alternative words of images are the text if there is no other."""
    assert parse_html('<img src="cid:1" alt="Big sale">').text == "Big sale"


def test_quotations_look_like_plain_text() -> None:
    """A block quotation gets the marks plain text has, so that replies are cut alike."""
    message = parse_html("<p>Yes.</p><p>On 1/2/2024 Ann wrote:</p><blockquote>old<br>words</blockquote>")

    assert message.text == "Yes.\n\nOn 1/2/2024 Ann wrote:\n\n> old\n> words"
    assert message.new_text == "Yes."


def test_urls_in_plain_text() -> None:
    """Bare URLs end where the sentence goes on."""
    message = parse_text(
        "See (https://en.example/wiki/A_(b)), www.two.example/x! <http://three.example> ftp://f.example/;"
    )

    assert [x.url for x in message.links] == [
        "https://en.example/wiki/A_(b)",
        "http://www.two.example/x",
        "http://three.example",
        "ftp://f.example/",
    ]
    assert {x.place for x in message.links} == {"text"}
