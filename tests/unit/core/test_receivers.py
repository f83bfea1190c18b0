"""The hosts that events may go to: named ones, by their port, and no address that their name should not have."""

from __future__ import annotations

import pytest

from glassdome.core.errors import ActionForbidden, GlassdomeError, InputError
from glassdome.core.receivers import parse_receivers

TEXT = "hooks.example.org, n8n:5678, 192.168.1.9:8123, homeassistant.local:8123, [fd00::9]:80, 10.1.0.0/16"


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.org/a?b=c",
        "https://HOOKS.example.org./a",
        "http://n8n:5678/webhook/x",
        "http://192.168.1.9:8123/api/webhook/x",
        "http://homeassistant.local:8123/",
        "http://[fd00::9]/x",
    ],
)
def test_named_hosts_are_allowed(url: str) -> None:
    """With their port; plain http in the own network alone."""
    assert parse_receivers(TEXT).place(url)[1] in url.lower()


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("https://hooks.example.org:8443/", ActionForbidden),
        ("http://hooks.example.org/", ActionForbidden),
        ("https://hooks.example.org.evil.example/", ActionForbidden),
        ("https://hooks.example.org@evil.example/", InputError),
        ("https://user:pw@hooks.example.org/", InputError),
        ("ftp://hooks.example.org/", InputError),
        ("https:///x", InputError),
        ("https://[::1/", InputError),
        ("https://hööks.example.org/", InputError),
        ("http://127.0.0.1:8123/", ActionForbidden),
        ("https://hooks.example.org/a\tb", InputError),
        ("https://hooks.example.org/\r\nX: y", InputError),
        ("https://hooks.example.org/\x00", InputError),
        ("https://hooks.example.org/a b", InputError),
    ],
)
def test_others_are_not(url: str, error: type[GlassdomeError]) -> None:
    """Neither another port, nor a name that only begins alike, nor a login in front."""
    with pytest.raises(error):
        parse_receivers(TEXT).place(url)


@pytest.mark.parametrize(
    ("host", "address", "allowed"),
    [
        ("hooks.example.org", "8.8.8.8", True),
        ("hooks.example.org", "127.0.0.1", False),
        ("hooks.example.org", "192.168.1.9", False),
        ("hooks.example.org", "10.1.2.3", True),
        ("hooks.example.org", "169.254.169.254", False),
        ("hooks.example.org", "::1", False),
        ("hooks.example.org", "::ffff:127.0.0.1", False),
        ("hooks.example.org", "fe80::1%eth0", False),
        ("n8n", "172.20.0.4", True),
        ("n8n", "169.254.169.254", False),
        ("homeassistant.local", "192.168.1.5", True),
        ("192.168.1.9", "192.168.1.9", True),
        ("n8n", "224.0.0.1", False),
        ("hooks.example.org", "2606:4700::1111", True),
        ("hooks.example.org", "64:ff9b::8.8.8.8", True),
        ("hooks.example.org", "64:ff9b::10.9.0.1", False),
        ("hooks.example.org", "64:ff9b:1::10.9.0.1", False),
        ("hooks.example.org", "2002:a09:1::1", False),
        ("hooks.example.org", "2002:808:808::1", True),
        ("hooks.example.org", "::10.9.0.1", False),
        ("hooks.example.org", "fec0::1", False),
    ],
)
def test_a_public_name_leads_to_a_public_address(host: str, address: str, allowed: bool) -> None:
    """Or into a network that the administrator named; a name of the house may lie in the house."""
    assert parse_receivers(TEXT).may_lie_at(host, address) is allowed


@pytest.mark.parametrize("text", ["a@b.example", "host:port", "10.0.0.0/99", "https://x.example", "x.example?y"])
def test_a_wrong_entry_is_refused(text: str) -> None:
    """At the start, where somebody reads it."""
    with pytest.raises(ValueError, match=r"."):
        parse_receivers(text)
