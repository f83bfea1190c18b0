"""Links: where they really lead, what gateways and trackers put in front, and alarms that must stay silent."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest

from glassdome.values.verdict import Label
from tests.unit.reports.build import hits, judged, parsed, raw

GOOD = "https://www.acme.example/invoice?id=7&x=a b".replace(" ", "%20")
EVIL = "https://paypa1-login.example/verify"


def _page(url: str, shown: str, words: str = "Your invoice is ready.") -> bytes:
    head = "From: Shop <shop@acme.example>\nTo: Bob <bob@example.net>\nSubject: Test\nMIME-Version: 1.0\n"
    kind = "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
    anchor = f'<a href="{url.replace("&", "&amp;")}">{shown}</a>'
    return f"{head}{kind}\n<p>{words}</p>{anchor}\n".encode()


def _text(text: str) -> bytes:
    kind = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
    return f"From: Ann <ann@example.org>\nTo: bob@example.net\nSubject: x\nMIME-Version: 1.0\n{kind}\n{text}\n".encode()


def _urls(text: str) -> list[str]:
    return [link.url for link in parsed(_text(text)).links]


def _quoted(url: str) -> str:
    return quote(url, safe="")


def _v2(url: str) -> str:
    return _quoted(url).replace("_", "%5F").replace("-", "%2D").replace("%2F", "_").replace("%", "-")


#: How each gateway writes an address; those that hide it are below.
GATEWAYS = {
    "safelinks": lambda u: (
        f"https://nam01.safelinks.protection.outlook.com/?url={_quoted(u)}&data=05%7C01&sdata=x&reserved=0"
    ),
    "safelinks path": lambda u: (
        f"https://eur03.safelinks.protection.outlook.com/ap/t-59584e83/?url={_quoted(u)}&data=x"
    ),
    "safelinks gov": lambda u: f"https://gcc02.safelinks.protection.office365.us/?url={_quoted(u)}",
    "teams": lambda u: (
        f"https://statics.teams.cdn.office.net/evergreen-assets/safelinks/1/atp-safelinks.html?url={_quoted(u)}"
    ),
    "proofpoint v1": lambda u: f"https://urldefense.proofpoint.com/v1/url?u={_quoted(u)}&k=abc%3D%0A&r=x",
    "proofpoint v2": lambda u: f"https://urldefense.proofpoint.com/v2/url?u={_v2(u)}&d=DwMFaQ&c=x&r=y",
    "proofpoint v3": lambda u: f"https://urldefense.com/v3/__{u}__;!!ABC123!x$",
    "proofpoint v3 us": lambda u: f"https://urldefense.us/v3/__{u}__;!!ABC123!x$",
    "barracuda": lambda u: f"https://linkprotect.cudasvc.com/url?a={_quoted(u)}&c=E,1,abc&typo=1",
    "cisco": lambda u: f"https://secure-web.cisco.com/1a2B3c-_x/{_quoted(u)}",
    "sophos": lambda u: (
        f"https://eu-west-1.protection.sophos.com/?d=acme.example&u={_quoted(base64.b64encode(u.encode()).decode())}&i=x"
    ),
    "sophos bare": lambda u: (
        f"https://us-west-2.protection.sophos.com?d=x&u={base64.urlsafe_b64encode(u.encode()).decode().rstrip('=')}&p=m"
    ),
    "trend": lambda u: f"https://imsva91-ctp.trendmicro.com:443/wis/clicktime/v1/query?url={_quoted(u)}&umid=1&auth=2",
    "trend cas": lambda u: f"https://ca-1234-ctp.trendmicro.com/wis/clicktime/v1/clickto?url={_quoted(u)}",
    "fireeye": lambda u: f"https://protect2.fireeye.com/v1/url?k=abc&q=1&e=2&u={_quoted(u)}",
    "symantec": lambda u: f"https://clicktime.symantec.com/3AbC?u={_quoted(u)}",
    "avanan": lambda u: f"https://url.avanan.click/v2/___{u}___.YXAz",
    "check point": lambda u: f"https://protect.checkpoint.com/v2/r01/___{u}___.YXAz",
    "hornet": lambda u: f"https://atpscan.global.hornetsecurity.com/?d=a&f=b&u={_quoted(u)}",
    "vade": lambda u: f"https://antiphishing.vadesecure.com/v4?f=a&i=b&u={_quoted(u)}",
    "edgepilot": lambda u: f"https://link.edgepilot.com/s/1a2b/AbC?u={_quoted(u)}",
    "libraesva": lambda u: f"https://urlsand.esvalabs.com/?u={_quoted(u)}&e=1",
    "titan": lambda u: f"https://linklock.titanhq.com/analyse?url={_quoted(u)}&data=x",
}


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_a_gateway_is_looked_through(gateway: str) -> None:
    """The target counts: a good one is the sender's own, a bad one is what it is."""
    good, bad = _page(GATEWAYS[gateway](GOOD), GOOD), _page(GATEWAYS[gateway](EVIL), "https://www.paypal.com/signin")

    assert parsed(good).links[0].target == GOOD
    assert {name for name in hits(good) if name.startswith("link_")} == {"link_consistent"}
    assert {"link_lookalike", "link_text_mismatch"} <= hits(bad)


@pytest.mark.parametrize(
    "url",
    ["https://protect-eu.mimecast.com/s/AbCdEf?domain=acme.example", "https://url.uk.m.mimecastprotect.com/s/AbC",
     "https://url.emailprotection.link/?bAbC", "https://click.trustifi.com/link/abc", "https://protect-us.mimecast.com/s/x",
     "https://nam01.safelinks.protection.outlook.com/?data=1", "https://secure-web.cisco.com/1a2b",
     "https://urldefense.com/v3/nothing", "https://eu.protection.sophos.com/?u=%%%"],
)  # fmt: skip
def test_a_hidden_target_is_nobodys_lie(url: str) -> None:
    """A link whose gateway hides the target counts neither for nor against."""
    page = _page(url, GOOD)

    assert not {name for name in hits(page) if name.startswith("link_")}
    assert parsed(page).links[0].rewritten


@pytest.mark.parametrize("host", ["safelinks.protection.outlook.com.evil.example", "urldefense.com.evil.example", "xurldefense.com",
                                  "www.mimecast.com", "evil.example"])  # fmt: skip
def test_only_a_gateway_is_looked_through(host: str) -> None:
    """A host that carries such a name, or the maker's own site, is no gateway: the link leads there."""
    page = _page(f"https://{host}/?url=https%3A%2F%2Fwww.acme.example%2F", GOOD)

    assert not parsed(page).links[0].rewritten
    assert "link_text_mismatch" in hits(page)


def test_gateways_behind_each_other() -> None:
    """Two gateways are looked through one by one; a gateway that points at itself ends."""
    both = GATEWAYS["safelinks"](GATEWAYS["proofpoint v2"](GOOD))
    loop = "https://urldefense.com/v3/__https://urldefense.com/v3/__https://urldefense.com__;!!a$"

    assert parsed(_page(both, GOOD)).links[0].target == GOOD
    assert parsed(_page(loop, "x")).links[0].rewritten


@pytest.mark.parametrize(
    ("kept", "aside", "expected"),
    [
        ("https://a.example/*x*", "?#", "https://a.example/?x#"),
        ("https://a.example/**Bx", "abc", "https://a.example/abcx"),
        ("https://a.example/**A*", "\u00e4b!", "https://a.example/\u00e4b!"),
        ("https://a.example/x", "", "https://a.example/x"),
    ],
)
def test_characters_that_urldefense_sets_aside(kept: str, aside: str, expected: str) -> None:
    """Version 3 replaces characters by asterisks, runs by two and a length."""
    code = base64.urlsafe_b64encode(aside.encode()).decode().rstrip("=")

    assert parsed(_page(f"https://urldefense.com/v3/__{kept}__;{code}!!A!b$", "x")).links[0].target == expected


@pytest.mark.parametrize(
    "name", ["rw_safelinks_ok", "rw_proofpoint_v2_ok", "rw_mimecast_ok", "rw_tracker_ok", "hm_tracker_label"]
)
def test_reported_false_evidence(name: str) -> None:
    """Reported: no mismatch, no foreign link, no phish."""
    assert not {"link_text_mismatch", "link_foreign", "link_redirector"} & hits(name)
    assert judged(name).label is Label.HAM


@pytest.mark.parametrize("name", ["rw_safelinks_evil", "rw_google_evil"])
def test_reported_evil_targets(name: str) -> None:
    """Behind a gateway or an open redirect the target counts."""
    assert judged(name).label is Label.PHISH


@pytest.mark.parametrize(
    ("name", "host"),
    [("lk_userinfo", "evil.example"), ("lk_backslash", "evil.example"), ("lk_tabs", "evil.example"), ("lk_percent_host", "evil.example"),
     ("lk_softhyphen", "evil.example"), ("lk_decimal_ip", "192.168.1.1"), ("lk_missing_slash", "evil.example"),
     ("lk_entity", "evil.example"), ("lk_base", "evil.example"), ("lk_formaction", "evil.example"), ("lk_svg_a", "evil.example"),
     ("lk_svg_a_href", "evil.example"), ("lk_area", "evil.example"), ("lk_iframe", "evil.example"), ("lk_vml", "evil.example"),
     ("lk_no_quotes", "evil.example"), ("lk_upper", "evil.example"), ("tx_bare_domain", "paypal-login.com"),
     ("fw_rfc822", "paypa1-secure.example"), ("fw_octet_eml", "paypa1-secure.example"), ("fw_digest", "paypa1-secure.example"),
     ("fw_octet_eml_b64", "paypa1-secure.example")],
)  # fmt: skip
def test_reported_links_are_seen(name: str, host: str) -> None:
    """The host that a browser would go to, wherever the link hides."""
    assert host in [link.host for link in parsed(name).links]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("tx_paren", ["https://ok.example/a"]), ("tx_wiki", ["https://ok.example/wiki/A_(b)"]), ("tx_url_prefix", ["https://ok.example/a"]),
     ("tx_hxxp", []), ("tx_cjk", ["https://ok.example/a"]), ("tx_cjk_glued", ["https://ok.example/a"]),
     ("tx_zero_width", ["https://ok.example/a"])],
)  # fmt: skip
def test_reported_links_in_text(name: str, expected: list[str]) -> None:
    """Links in plain text end in the right place."""
    assert [link.url for link in parsed(name).links] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("open paypal-login.com/verify now", ["http://paypal-login.com/verify"]),
        ("see evil-login.com.", ["http://evil-login.com"]),
        ("(evil-login.co.uk/a)", ["http://evil-login.co.uk/a"]),
        ("at shop.example.de:8080/x today", ["http://shop.example.de:8080/x"]),
        ("ok.example/a and https://b.example/c.org/d", ["https://b.example/c.org/d", "http://ok.example/a"]),
        ("host mx.mail.example.com said no", []),
        ("mail ann@example.com or ann.b@mail.example.org", []),
        ("file report.pdf, main.py, notes.md, setup.sh, index.html, data.csv", []),
        ("I did it.In time, as usual.so what", []),
        ("version 1.2.3.4 and 10.5 kg, e.g. this, i.e. that, U.S. law", []),
        ("Node.js and System.out.println", []),
        ("hxxp://evil.example/a and evil[.]example", []),
        ("https://ok.example/a，谢谢", ["https://ok.example/a"]),
        ("https://ok.example/a。", ["https://ok.example/a"]),
        ("「https://ok.example/a」", ["https://ok.example/a"]),
        ("https://ok.example/aをご覧", ["https://ok.example/a"]),
        ("https://ok.example에서", ["https://ok.example"]),
        ("https://ja.wikipedia.org/wiki/日本", ["https://ja.wikipedia.org/wiki/日本"]),
        ("https://例え.jp/a", ["https://例え.jp/a"]),
        ("<https://ok.example/a/very/long/\npath?x=1>", ["https://ok.example/a/very/long/path?x=1"]),
        ("<https://ok.example/a/very/\n long/\n path>", ["https://ok.example/a/very/long/path"]),
        ("<URL:https://ok.example/a/\nb>", ["https://ok.example/a/b"]),
        ("<https://ok.example/a>\nand text>", ["https://ok.example/a"]),
    ],
)  # fmt: skip
def test_links_in_text(text: str, expected: list[str]) -> None:
    """Text that mail programs make clickable is a link, and other text is not."""
    assert _urls(text) == expected


@pytest.mark.parametrize(
    ("href", "shown", "lies"),
    [
        ("https://evil-shop.example/", "www.b\u00fccher-m\u00fcller.de", True), ("https://evil-shop.example/", "https://b\u00fccher.example/x", True),
        ("https://evil-shop.example/", "\u0446\u0435\u043d\u0442\u0440.\u0440\u0444", True), ("https://evil.example/", "www.acme-bank.example", True),
        ("https://www.xn--bcher-mller-thbg.de/", "www.b\u00fccher-m\u00fcller.de", False),
        ("https://xn--bcher-kva.example/a", "b\u00fccher.example", False), ("https://B\u00dcCHER.example/", "b\u00fccher.example", False),
        ("https://xn--80ajpfhbgomfh1b.\u0440\u0444/", "xn--80ajpfhbgomfh1b.xn--p1ai", False), ("https://acme.example/", "www.acme.example", False),
        ("https://www.acme.example/", "acme.example", False), ("https://shop.acme.example/", "www.acme.example/a", False),
        ("https://acme.example/", "Read it. Now", False), ("https://acme.example/", "B\u00fccher.", False),
    ],
)  # fmt: skip
def test_what_is_shown_against_where_it_leads(href: str, shown: str, lies: bool) -> None:
    """A shown name in any script is compared as it is looked up; `www.` in front says nothing."""
    assert ("link_text_mismatch" in hits(_page(href, shown))) is lies


@pytest.mark.parametrize("name", ["idn_fp_puny", "idn_fp_span"])
def test_the_same_name_in_two_scripts_is_no_mismatch(name: str) -> None:
    """Reported: the A-label behind the U-label that is shown."""
    assert "link_text_mismatch" not in hits(name)


@pytest.mark.parametrize(("name", "signal"), [("idn_whole_script", "link_lookalike"), ("idn_mixed", "link_lookalike"),
                                              ("idn_mis_de", "link_text_mismatch"), ("idn_mis_ascii", "link_text_mismatch")])  # fmt: skip
def test_reported_names_that_deceive(name: str, signal: str) -> None:
    """Reported: look-alikes and another host than the shown one."""
    assert signal in hits(name)


def test_outlooks_own_buttons() -> None:
    """A link in a comment for Outlook counts once; a comment that hides from Outlook and one of fonts do not."""
    button = '<!--[if mso]><v:roundrect href="https://evil.example/x?a=1&amp;b"><center>Pay</center></v:roundrect><![endif]-->'
    hidden = (
        '<!--[if !mso]><a href="https://other.example/">x</a><![endif]--><!-- <a href="https://old.example/">x</a> -->'
    )
    fonts = '<!--[if gte mso 9]><link href="https://fonts.example/a.css"><![endif]-->'
    page = f'From: a@b.example\nContent-Type: text/html\n\n<p>Hi</p>{button}{hidden}{fonts}<a href="https://ok.example/">y</a>'
    twice = f'From: a@b.example\nContent-Type: text/html\n\n{button}<a href="https://evil.example/x?a=1&amp;b">Pay</a>'

    assert [link.host for link in parsed(page.encode()).links] == ["ok.example", "evil.example"]
    assert [link.host for link in parsed(twice.encode()).links] == ["evil.example"]


@pytest.mark.parametrize("kind", ["text/x-amp-html", "text/watch-html"])
def test_special_alternatives_are_no_attachments(kind: str) -> None:
    """The version for AMP or a watch is another reading of the mail: no attachment, no script, no form."""
    message = parsed(raw("al_amp").replace(b"text/x-amp-html", kind.encode()))

    assert (message.text, message.attachments, message.has_script) == ("second words", (), False)
    assert not {name for name in hits("al_amp") if name.startswith("attachment_")}


@pytest.mark.parametrize(
    ("head", "facts"),
    [
        # A Reply-To of the same organization.
        ("From: News <news@mail.acme.example>\nReply-To: Help <help@support.acme.example>", {}),
        ("From: PayPal <service@paypal.com>\nReply-To: help@paypal.de", {}),
        ("From: Ann <ann@partner.example>\nReply-To: desk@example.net", {"own_domains": frozenset({"example.net"})}),
        ("From: Ann <ann@partner.example>\nReply-To: eve@other.example", {"contacts": frozenset({"eve@other.example"})}),
        # A sender from the owner's own domain or address book.
        ("From: IT Helpdesk <desk@example.net>", {"own_domains": frozenset({"example.net"})}),
        ("From: DHL post room <post@example.net>", {"own_domains": frozenset({"example.net"})}),
        ("From: IT support <it@partner.example>", {"contacts": frozenset({"it@partner.example"}), "own_domains": frozenset({"example.net"})}),
        ("From: Chase Muster <chase@partner.example>", {"contacts": frozenset({"chase@partner.example"})}),
        ("From: Example.net account <ann@partner.example>",
         {"contacts": frozenset({"ann@partner.example"}), "own_domains": frozenset({"example.net"})}),
    ],
)  # fmt: skip
def test_alarms_that_stay_silent(head: str, facts: dict[str, frozenset[str]]) -> None:
    """Three false alarms of other products: answers within the organization, and known senders."""
    found = hits(
        f"{head}\nTo: bob@example.net\nSubject: Hi\n\nSee you at ten.\n".encode(), mailbox="bob@example.net", **facts
    )

    assert not {name for name in found if name.startswith(("reply_to_", "display_name_", "from_"))}


@pytest.mark.parametrize("name", ["reply_to_diverts", "display_name_brand", "display_name_role"])
def test_the_same_alarms_for_strangers(name: str) -> None:
    """The same mails from strangers are told, and so is a known address that our own server does not vouch for."""
    heads = {
        "reply_to_diverts": "From: Ann <ann@partner.example>\nReply-To: eve@other.example",
        "display_name_brand": "Authentication-Results: mail.example.org; dmarc=fail header.from=example.net\nFrom: DHL <post@example.net>",
        "display_name_role": "From: IT Helpdesk <desk@partner.example>",
    }
    own = {"own_domains": frozenset({"example.net"})}

    assert name in hits(
        f"{heads[name]}\nTo: bob@example.net\nSubject: Hi\n\nSee you.\n".encode(), mailbox="bob@example.net", **own
    )
