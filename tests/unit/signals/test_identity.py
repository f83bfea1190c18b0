"""Tests of the claimed sender of a mail."""

from __future__ import annotations

import pytest

from glassdome.values.message import Address, ListFacts
from tests.unit.signals.build import context, found, hits, mail, verified

OURS = context(
    mailbox="eva@muster.example",
    own_domains=frozenset({"musterfirma.de"}),
    contacts=frozenset({"erika.schmidt@partnerbank.de"}),
)


@pytest.mark.parametrize(
    ("sender", "expected"),
    [
        ("security@paypal.com <x@evil.example>", "display_name_address"),
        ("PayPal Service <x@evil.example>", "display_name_brand"),
        ("Sparkasse Kundenservice <x@evil.example>", "display_name_brand"),
        ("Crédit Agricole <x@evil.example>", "display_name_brand"),
        ("La Banque Postale <x@evil.example>", "display_name_brand"),
        ("musterfirma.de <x@evil.example>", "display_name_own_domain"),
        ("Erika Schmidt <erika@evil.example>", "display_name_contact"),
        ("IT-Abteilung <x@evil.example>", "display_name_role"),
        ("Soporte técnico <x@evil.example>", "display_name_role"),
        ("A <a@partnerbank-de.example>", "from_lookalike"),
        ("A <a@partnerbamk.de>", "from_lookalike"),
        ("A <a@rnusterfirma.de>", "from_lookalike"),
        ("A <a@paypal-kunden.example>", "from_lookalike"),
        ("A <a@paypa1.example>", "from_lookalike"),
        ("A <a@xn--pypal-4ve.example>", "from_lookalike"),
        ("A <a@xn--pypal-4ve.example>", "from_mixed_script"),
        ("A <a@offers.top>", "from_risky_tld"),
        ("A <undisclosed>", "from_without_domain"),
    ],
)
def test_claims(sender: str, expected: str) -> None:
    """Each borrowed name or dressed-up domain has its signal."""
    named = hits(mail(sender), OURS)
    assert expected in named if expected else not named & {"display_name_brand", "from_lookalike"}


@pytest.mark.parametrize(
    "sender",
    [
        "PayPal <service@paypal.de>",
        "PayPal <service@mail.paypal.com>",
        "Amazon <news@amazon.sg>",
        "Erika Schmidt <erika.schmidt@partnerbank.de>",
        "Chase Miller <chase@home.example>",
        "Norbert Apple <apple@gmx.de>",
        "Max Mustermann <max@musterfirma.de>",
        "IT-Abteilung <it@musterfirma.de>",
        "Lindows <news@lindows.com>",
        "Grüße <a@bücher.example>",
    ],
)
def test_honest_senders(sender: str) -> None:
    """Real brands, sisters under another suffix, contacts and namesakes are left alone."""
    assert hits(mail(sender), OURS) == set()


@pytest.mark.parametrize(
    "name",
    [
        "x@evil.example support@paypal.com",
        "s\u200bupport@pay\u200bpal.com",
        "support @ paypal . com",
        "\u00absupport@paypal.com\u00bb",
        "\uff1csupport\uff20paypal\uff0ecom\uff1e",
        "\u300csupport@paypal.com\u300d",
        "[mailto:support@paypal.com]",
        "Shop (support@paypal.com)",
    ],
)
def test_address_of_another_in_the_name(name: str) -> None:
    """Whatever stands around it, and beside which other address."""
    message = mail(header_from=(Address(name=name, addr="x@evil.example"),))

    assert "display_name_address" in hits(message, OURS)


def test_lookalike_says_what_it_imitates() -> None:
    """The reader learns the imitated name."""
    assert (
        found(mail("A <a@partnerbamk.de>"), "from_lookalike", OURS).detail
        == "partnerbamk.de is one letter from partnerbank.de"
    )


def test_two_from_addresses() -> None:
    """Several authors are reported; a name with an unquoted comma is one author."""
    two = (Address(addr="a@one.example"), Address(addr="b@two.example"))
    split = (Address(addr="Muster"), Address(name="Eva", addr="eva@one.example"))
    assert "from_multiple" in hits(mail(header_from=two))
    assert "from_multiple" not in hits(mail(header_from=split))


@pytest.mark.parametrize(
    ("reply_to", "expected"),
    [
        ("x@gmail.com", {"reply_to_free_mail"}),
        ("x@other.example", {"reply_to_diverts"}),
        ("x@mail.shop.example", set()),
        ("x@calendly.com", set()),
    ],
)
def test_replies(reply_to: str, expected: set[str]) -> None:
    """Answers that go to another organization, and services that are paid for just that."""
    message = mail(reply_to=(Address(addr=reply_to),))
    assert hits(message) & {"reply_to_free_mail", "reply_to_diverts"} == expected


def test_lists_answer_to_the_list() -> None:
    """A mailing list's Reply-To is no diversion."""
    message = mail(reply_to=(Address(addr="list@lists.example.net"),), lists=ListFacts(list_id="<l.example.net>"))
    assert "reply_to_diverts" not in hits(message)


def test_mail_from_oneself() -> None:
    """The mailbox's own address, checked by our server and verified by nothing."""
    around = context(mailbox="eva@muster.example")
    forged = mail("Eva <eva@muster.example>", authentication=verified("spf=fail evil.example"))
    assert "from_own_mailbox" in hits(forged, around)
    assert "from_own_mailbox" not in hits(mail("Eva <eva@muster.example>"), around)
