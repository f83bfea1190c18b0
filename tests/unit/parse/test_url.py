"""Hosts as browsers read them (WHATWG URL)."""

from __future__ import annotations

import pytest

from glassdome.parse.url import host_of, normal_url


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://Example.ORG/x", "example.org"),
        ("HTTPS://user:pw@example.org:8443/x", "example.org"),
        ("http://paypal.com@evil.example/", "evil.example"),
        ("http:\\\\evil.example\\@good.example", "evil.example"),
        ("http:/evil.example", "evil.example"),
        ("https:evil.example/x", "evil.example"),
        ("http://bücher.example/", "xn--bcher-kva.example"),
        ("http://ｅｘａｍｐｌｅ。org/", "example.org"),
        ("http://раураl.com/", "xn--l-7sba6dbr.com"),
        ("http://ex%61mple.org/", "example.org"),
        ("http://example.org./", "example.org"),
        ("http://3232235777/", "192.168.1.1"),
        ("http://0xc0.0250.1.1/", "192.168.1.1"),
        ("http://[2001:db8::1]:80/", "[2001:db8::1]"),
        ("mailto:a@Example.org?subject=x", "example.org"),
        ("tel:+491234", ""),
        ("cid:image001", ""),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("www.example.org/x", "www.example.org"),
        ("relative/path", ""),
        ("", ""),
    ],
)
def test_host(url: str, expected: str) -> None:
    """The host is where a click would go, in lower case and punycode."""
    assert host_of(url) == expected


def test_hidden_breaks_are_removed() -> None:
    """Browsers ignore tabs and line breaks inside a URL, so they hide nothing."""
    assert normal_url(" \tht\ntps://ex\r\nample.org/a b\u0007 ") == "https://example.org/a b"
