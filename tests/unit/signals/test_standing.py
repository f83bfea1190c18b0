"""Tests of the author's standing: vouched for, and as whom."""

from __future__ import annotations

from typing import Any

import pytest

from glassdome.signals.standing import standing_of
from glassdome.values.ask import Identity, Standing
from glassdome.values.context import SenderHistory
from glassdome.values.message import ListFacts
from tests.unit.signals.build import context, hits, mail, verified

OURS = context(mailbox="ann@werkstatt.org", own_domains=frozenset({"werkstatt.org"}))


def standing(sender: str, *, passes: bool = True, around: Any = OURS, **facts: Any) -> Standing:
    """The standing of a sender whom our server vouches for, or forbids."""
    domain = sender.rpartition("@")[2].rstrip(">")
    found = verified(f"dmarc={'pass' if passes else 'fail'} {domain}")
    return standing_of(mail(sender, **{"authentication": found} | facts), around)


@pytest.mark.parametrize(
    ("sender", "relation"),
    [
        ("PayPal <service@paypal.de>", "brand"),
        ("DHL Express <noreply@dhl.com>", "brand"),
        ("La Banque Postale <contact@labanquepostale.fr>", "brand"),
        ("Sparkasse Bremen <info@sparkasse-bremen.de>", "organization"),
        ("Agencia Tributaria <noreply@correo.gob.es>", "public"),
        ("Karsten Thoms <karsten@werkstatt.org>", "own"),
        ("Techniker Krankenkasse <service@tk.de>", "brand"),
        ("Heizung Sanitär Petersen <buero@petersen-shk.de>", "organization"),
        ("Nadia Rourke <n.rourke@larkfield-architects.co.uk>", "person"),
        ("Seakayak Forum <noreply@forum.seakayak-north.org>", "organization"),
    ],
)
def test_proven(sender: str, relation: str) -> None:
    """A sender that is vouched for and uses its own name is proven."""
    found = standing(sender)
    assert (found.identity, found.relation) == (Identity.PROVEN, relation), found.why


@pytest.mark.parametrize(
    ("sender", "identity"),
    [
        ("PayPal <service@paypal-refund-desk.com>", Identity.CONTRADICTED),
        ("Crédit Agricole <info@dossier-valider.fr>", Identity.CONTRADICTED),
        ("Sparkasse <info@sparkasse-sicherheit.de>", Identity.CONTRADICTED),
        ("Agencia Tributaria <secretaria@colegio-sanroque.es>", Identity.CONTRADICTED),
        ("Stadtwerke Kundenservice <kurse@yogastudio-lindenhof.de>", Identity.UNPROVEN),
        ("Council Tax Team <no-reply@council-rebates-uk.org>", Identity.UNPROVEN),
        ("IT-Support <noreply@auth-notices.com>", Identity.UNPROVEN),
        ("Mailbeveiliging <info@mailfilter-rapport.com>", Identity.UNPROVEN),
        ("Karsten Thoms <office.desk2207@gmail.com>", Identity.UNPROVEN),
    ],
)
def test_not_proven(sender: str, identity: Identity) -> None:
    """A verified domain proves nothing of a brand, an authority or a person that it does not belong to."""
    assert standing(sender).identity is identity, standing(sender).why


def test_forged() -> None:
    """A domain's own policy contradicts; a mailing list that broke the signature does not."""
    assert standing("Ann <ann@werkstatt.org>", passes=False).identity is Identity.CONTRADICTED
    through_a_list = ListFacts(list_id="<crew.lists.example>")
    assert standing("Club <a@club.example>", passes=False, lists=through_a_list).identity is Identity.UNPROVEN


def test_known_to_the_mailbox() -> None:
    """Somebody the owner wrote to is known, if our server vouches for them."""
    known = context(known=True, sender=SenderHistory(seen=5, replied=1))
    assert standing("Jo <jo@gmail.com>", around=known).relation == "known"
    assert standing("Jo <jo@gmail.com>", around=known, passes=False).identity is not Identity.PROVEN


def test_without_a_check_nothing_is_proven_and_a_false_brand_still_contradicts() -> None:
    """A file that no server of ours saw."""
    assert standing_of(mail("DHL <a@dhl.com>"), context()).identity is Identity.UNPROVEN
    assert standing_of(mail("DHL <a@paket-zoll-service.com>"), context()).identity is Identity.CONTRADICTED


@pytest.mark.parametrize(
    ("sender", "name", "found"),
    [
        ("Billing Desk <desk.billing.4471@gmail.com>", "free_mail_role", True),
        ("Paco Ureña <pacourena61@gmail.com>", "free_mail_role", False),
        ("Volksbank <info@vr-freigabeverfahren.de>", "domain_made_up", True),
        ("Petersen <buero@petersen-shk.de>", "domain_made_up", False),
        ("Polizia Locale <info@agriturismo-colle.it>", "authority_unproven", True),
        ("Anna Rossi <anna@agriturismo-colle.it>", "authority_unproven", False),
    ],
)
def test_signals(sender: str, name: str, found: bool) -> None:
    """Each fact has its signal, and honest mail does not."""
    domain = sender.rpartition("@")[2].rstrip(">")
    assert (name in hits(mail(sender, authentication=verified(f"dmarc=pass {domain}")), OURS)) is found
