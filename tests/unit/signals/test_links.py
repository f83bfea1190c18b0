"""Links: what they show, where they lead, what they claim."""

from __future__ import annotations

import pytest

from glassdome.values.message import Address
from glassdome.values.signal import Outcome
from tests.unit.signals.build import context, found, hits, mail


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        (("https://evil.example/x", "https://www.bank.example.net/login"), "link_text_mismatch"),
        ("http://192.0.2.7/a", "link_ip_host"),
        ("http://0x7f000001/a", "link_ip_host"),
        ("https://paypal.com@evil.example/", "link_userinfo"),
        ("javascript:alert(1)", "link_dangerous_scheme"),
        ("data:text/html;base64,PGgxPg==", "link_dangerous_scheme"),
        ("https://evil.example:8081/", "link_odd_port"),
        ("https://ads.example/r?u=https%3A%2F%2Fevil.example.net%2F", "link_redirector"),
        ("https://bit.ly/3abc", "link_shortener"),
        ("https://konto-pruefen.web.app/", "link_free_host"),
        ("https://xn--pypal-4ve.example/", "link_punycode"),
        ("https://a.b.c.d.e.f.shop.example/", "link_many_labels"),
        ("https://gewinn.top/", "link_risky_tld"),
        ("https://x7k2m9q4z.example/", "link_random_host"),
        ("https://evil.example/%6c%6f%67%69%6e", "link_encoded_host"),
        ("https://paypal.com.kunden.example/", "link_lookalike"),
        ("https://www.arnazon.example/", "link_lookalike"),
        ("https://evil.example/microsoft/index.php", "link_brand_path"),
        ("https://evil.example/secure/login.php", "link_credential_path"),
        ("https://evil.example/?e=eva@muster.example", "link_reader_address"),
        ("https://evil.example/?e=ZXZhQG11c3Rlci5leGFtcGxl", "link_reader_address"),
        ("https://evil.example/", "link_foreign"),
        ("https://www.shop.example/", "link_consistent"),
    ],
)
def test_each_kind_of_link(link: str | tuple[str, str], expected: str) -> None:
    """Each trick has its signal, and its evidence is the link itself."""
    message = mail(links=[link], to=(Address(addr="eva@muster.example"),))
    assert expected in hits(message)
    assert found(message, expected).evidence[0].where == "link:0"


@pytest.mark.parametrize(
    "link",
    [
        ("https://www.shop.example/a", "https://shop.example"),
        ("https://shop.example/a", "Zum Angebot"),
        ("https://shop.example:443/a", "12.5.2026"),
        "mailto:ann@shop.example",
    ],
)
def test_honest_links(link: str | tuple[str, str]) -> None:
    """A link into the sender's own organization raises nothing."""
    assert hits(mail(links=[link])) <= {"link_consistent"}


def test_brand_without_its_links() -> None:
    """A mail in a brand's name whose links lead elsewhere, in two languages; the brand's own mail is fine."""
    for subject in ("Ihr PayPal-Konto", "Your PayPal account"):
        assert "link_brand_absent" in hits(mail(subject=subject, links=["https://evil.example/"]))
    own = mail("PayPal <a@paypal.com>", subject="Your PayPal account", links=["https://click.example/"])
    assert "link_brand_absent" not in hits(own)


def test_customers_of_a_host_are_not_the_host() -> None:
    """A page on a brand's own hosting imitates nobody."""
    assert "link_lookalike" not in hits(mail(links=["https://someone.github.io/", "https://b.s3.amazonaws.com/x"]))


def test_contacts_are_protected() -> None:
    """A link that imitates a contact's domain."""
    around = context(contacts=frozenset({"eva@partnerbank.de"}))
    assert "link_lookalike" in hits(mail(links=["https://partnerbamk.de/"]), around)


def test_no_links_is_not_applicable() -> None:
    """Without links there is nothing to say."""
    assert found(mail(), "link_ip_host").outcome is Outcome.NOT_APPLICABLE
    assert found(mail(), "link_foreign").outcome is Outcome.NOT_APPLICABLE
    assert found(mail(links=["https://shop.example"]), "link_ip_host").outcome is Outcome.MISS


@pytest.mark.parametrize(
    "url", ["http://[::1", "https://", "http://%zz/", "ht!tp:\\x", "http://a:99999999999/", "\u202e"]
)
def test_broken_urls_do_no_harm(url: str) -> None:
    """No URL makes a detector fail."""
    hits(mail(links=[url]))
