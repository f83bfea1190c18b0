"""Authentication results of our own server, and only of it."""

from __future__ import annotations

import pytest

from glassdome.values.message import Address, ListFacts
from glassdome.values.signal import Outcome
from tests.unit.signals.build import found, hits, mail, verified

NAMES = ("authenticated", "dmarc_fail", "dkim_fail", "spf_fail", "unaligned", "unauthenticated")


@pytest.mark.parametrize(
    "results",
    [
        ("dmarc=pass shop.example",),
        ("dkim=pass mail.shop.example",),
        ("spf=pass bounce.shop.example",),
        ("dkim=fail other.example", "dkim=pass shop.example"),
    ],
)
def test_aligned_pass_is_authenticated(results: tuple[str, ...]) -> None:
    """One aligned pass is enough, and then nothing else of the family is said."""
    assert hits(mail(authentication=verified(*results))) & set(NAMES) == {"authenticated"}


def test_pass_for_another_organization_is_unaligned() -> None:
    """A pass for somebody else's domain does not speak for the sender."""
    signal = found(mail(authentication=verified("dkim=pass bulk.example.net")), "unaligned")
    assert (signal.outcome, signal.detail) == (Outcome.HIT, "verified for bulk.example.net, not for shop.example")


def test_failures_are_reported_apart() -> None:
    """DMARC, DKIM and SPF failures each have their signal."""
    message = mail(
        authentication=verified("dmarc=fail shop.example", "dkim=fail shop.example", "spf=softfail shop.example")
    )
    assert hits(message) & set(NAMES) == {"dmarc_fail", "dkim_fail", "spf_fail", "unauthenticated"}
    assert found(message, "spf_fail").strength == 0.5


@pytest.mark.parametrize("trusted", [True, False])
def test_nothing_known_is_not_applicable(trusted: bool) -> None:
    """No results, or results of a server that is not ours, are no evidence at all."""
    results = () if trusted else ("dmarc=fail shop.example",)
    message = mail(authentication=verified(*results, trusted=trusted))
    assert {found(message, name).outcome for name in NAMES} == {Outcome.NOT_APPLICABLE}


def test_two_authors_are_never_authenticated() -> None:
    """A pass for one of two From addresses says nothing of the other."""
    authors = (Address(addr="ann@shop.example"), Address(addr="boss@bank.example"))
    assert "authenticated" not in hits(mail(header_from=authors, authentication=verified("dmarc=pass shop.example")))


def test_neighbours_on_a_shared_suffix_are_strangers() -> None:
    """Two customers of one hosting suffix are different organizations."""
    message = mail("X <x@victim.github.io>", authentication=verified("dkim=pass attacker.github.io"))
    assert "authenticated" not in hits(message)


def test_lists_break_signatures() -> None:
    """A DMARC failure behind a mailing list weighs less, and still weighs."""
    message = mail(authentication=verified("dmarc=fail shop.example"), lists=ListFacts(list_id="<l.example.net>"))
    assert 0.0 < found(message, "dmarc_fail").strength < 1.0
