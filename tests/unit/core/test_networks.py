"""Addresses behind proxies."""

from __future__ import annotations

import pytest

from glassdome.core.networks import household, parse_networks, past_proxies

PROXIES = parse_networks("127.0.0.1, 172.22.1.0/24, fd4d:6169:6c63:6f77::/64")


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("192.0.2.1", [], "192.0.2.1"),
        ("192.0.2.1", ["198.51.100.7"], "192.0.2.1"),
        ("127.0.0.1", ["198.51.100.7"], "198.51.100.7"),
        ("127.0.0.1", ["10.9.9.9", "198.51.100.7", "172.22.1.5"], "198.51.100.7"),
        ("172.22.1.9", ["made up", "198.51.100.7:4711"], "198.51.100.7"),
        ("172.22.1.9", ["[2001:db8::7]:443"], "2001:db8::7"),
        ("::ffff:127.0.0.1", ["2001:db8::7"], "2001:db8::7"),
        ("fd4d:6169:6c63:6f77::2", ["::ffff:198.51.100.7"], "198.51.100.7"),
        ("127.0.0.1", ["198.51.100.7", "unknown"], "127.0.0.1"),
        ("127.0.0.1", ["172.22.1.3", "172.22.1.4"], "172.22.1.3"),
        ("", ["198.51.100.7"], ""),
    ],
)
def test_the_visitor_is_the_first_that_no_proxy_of_ours_is(peer: str, forwarded: list[str], found: str) -> None:
    """Entries in front of it were written by the visitor."""
    assert past_proxies(peer, forwarded, PROXIES) == found


def test_no_proxy_is_believed_by_itself() -> None:
    """Not even one on loopback."""
    assert past_proxies("127.0.0.1", ["198.51.100.7"], parse_networks("")) == "127.0.0.1"


@pytest.mark.parametrize("text", ["nginx", "172.22.1.0/33", "10.0.0.1-9", "1.2.3"])
def test_what_is_no_network_is_named(text: str) -> None:
    """By its number and its text."""
    with pytest.raises(ValueError, match=r"entry 2 \(.*is no address or network"):
        parse_networks(f"127.0.0.1,{text}")


def test_a_household_shares_its_ipv6_network() -> None:
    """Whoever has one address of it has all."""
    assert household("2001:db8:1:2:3::4") == household("2001:db8:1:2:ffff::1") != household("2001:db8:1:3::4")
    assert (household("192.0.2.1"), household("")) == ("192.0.2.1", "")
