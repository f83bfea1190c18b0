"""Links that pass a gateway nobody knows by name: no lie of the sender's, and no way to launder a link."""

from __future__ import annotations

import base64
from collections.abc import Callable
from urllib.parse import quote

import pytest

from glassdome.values.verdict import Label
from tests.unit.reports.build import hits, judged

SHOWN = "https://www.acme.example/invoice?id=7&x=a%20b"
TERMS = "https://www.acme.example/terms"
EVIL = "https://paypa1-login.example/verify"
Wrap = Callable[[str], str]


def _quoted(url: str) -> str:
    return quote(url, safe="")


def _base64(url: str) -> str:
    return base64.b64encode(url.encode()).decode()


def _urlsafe(url: str) -> str:
    return base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")


WRAPS: list[Wrap] = [
    lambda u: f"https://links.firma.example/r?x=1&u={_quoted(u)}&s=abc",
    lambda u: f"https://links.firma.example/r?u={_quoted(_quoted(u))}",
    lambda u: f"https://links.firma.example/sig123/{_quoted(u)}",
    lambda u: f"https://links.firma.example/fwd/{u}",
    lambda u: f"https://links.firma.example/fmlurlsvc/?fewReq=:B:JV&url={_quoted(u)}",
    lambda u: f"https://links.firma.example/?d={_quoted(_base64(u))}&h=1",
    lambda u: f"https://links.firma.example/?d={_base64(u)}&h=1",
    lambda u: f"https://links.firma.example/l/{_urlsafe(u)}/xyz",
    lambda u: f"https://links.firma.example/ck/a?u=a1{_urlsafe(u)}&ntb=1",
    lambda u: f"https://links.firma.example/x?h={u.encode().hex()}",
    lambda u: f"https://links.firma.example/x?h={u.encode().hex().upper()}",
]


def _page(*links: tuple[str, str], sender: str = "shop@acme.example") -> bytes:
    head = (
        f"From: Shop <{sender}>\nTo: Bob <bob@example.net>\nSubject: Test\nMIME-Version: 1.0\nContent-Type: text/html\n"
    )
    anchors = " ".join(f'<a href="{url.replace("&", "&amp;")}">{shown}</a>' for url, shown in links)
    return f"{head}\n<p>Your invoice is ready.</p>{anchors}\n".encode()


@pytest.mark.parametrize("wrap", WRAPS)
def test_what_a_gateway_does_is_not_held_against_the_sender(wrap: Wrap) -> None:
    """Links that all pass one gateway and lead to the hosts they show are no deception."""
    page = _page((wrap(SHOWN), SHOWN), (wrap(TERMS), "Terms"))

    assert not {"link_text_mismatch", "link_redirector", "link_lookalike", "link_credential_path"} & hits(page)


@pytest.mark.parametrize("wrap", WRAPS)
def test_the_target_behind_it_is_judged(wrap: Wrap) -> None:
    """The address inside is the link: shown against it, and looked at like any other."""
    found = hits(_page((wrap(EVIL), SHOWN), (wrap(TERMS), "Terms")))

    assert {"link_text_mismatch", "link_lookalike", "link_credential_path"} <= found
    assert judged(_page((wrap(EVIL), "Verify your PayPal account"))).label is Label.PHISH


@pytest.mark.parametrize("wrap", WRAPS)
@pytest.mark.parametrize(
    "host",
    ["192.0.2.7", "xn--frma-vpa.example", "bit.ly", "firma.top", "evil.github.io", "links.acme.example.evil.example"],
)
def test_not_every_host_is_a_gateway(wrap: Wrap, host: str) -> None:
    """One link alone, a link beside, or a host that anybody gets prove no gateway: the mismatch stands."""
    one = _page((wrap(SHOWN).replace("links.firma.example", host), SHOWN))
    beside = _page((wrap(SHOWN), SHOWN), (wrap(TERMS), "Terms"), ("https://other.example/", "x"))

    assert "link_text_mismatch" in hits(one)
    assert "link_text_mismatch" in hits(beside)


@pytest.mark.parametrize("wrap", WRAPS)
def test_the_senders_own_host_is_no_gateway(wrap: Wrap) -> None:
    """A link through the sender's own host was made by the sender."""
    page = _page((wrap(SHOWN), SHOWN), (wrap(TERMS), "Terms"), sender="x@mail.firma.example")

    assert "link_text_mismatch" in hits(page)


def test_google_leads_where_it_says() -> None:
    """Gmail and Google's documents put its redirector in front of links; the target counts."""
    good = f"https://www.google.com/url?q={_quoted(SHOWN)}&source=gmail"

    assert not {name for name in hits(_page((good, SHOWN))) if name != "link_consistent" and name.startswith("link_")}
    assert "link_lookalike" in hits(_page((f"https://www.google.com/url?sa=D&q={_quoted(EVIL)}", "Verify")))
    assert "link_text_mismatch" in hits(_page((f"https://www.google.com/url?q={_quoted(EVIL)}", SHOWN)))
