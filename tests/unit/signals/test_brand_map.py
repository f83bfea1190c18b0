"""The brand table: data with a source, read both ways."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from glassdome.signals.brand_names import claimed_brand
from glassdome.signals.claims import owns
from glassdome.signals.domains import organizational_domain
from glassdome.signals.host_lists import brands, free_mail, mailers, names_of_domain, platforms
from glassdome.signals.lookalike import find_lookalike, protected_by
from glassdome.signals.purpose import purpose_of
from tests.unit.signals.build import context

FOLDER = files("glassdome.signals") / "data" / "brands"
FILES = sorted(item.name for item in FOLDER.iterdir())
DOMAIN = re.compile(r"^(?:[a-z0-9][a-z0-9-]*\.)*[a-z0-9-]+$")


def test_thirty_countries() -> None:
    """Banks, posts, tax offices and telephone companies of at least thirty countries."""
    assert len([name for name in FILES if re.fullmatch(r"[a-z]{2}\.txt", name)]) >= 30


@pytest.mark.parametrize("name", FILES)
def test_each_file_is_well_formed_and_says_its_source(name: str) -> None:
    """`names | domains`, and a line that says where they come from."""
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    assert any(line.startswith("# Source:") for line in lines)
    for line in (line for line in lines if line and not line.startswith("#")):
        names, bar, domains = line.partition(" | ")
        assert bar, line
        assert names == names.lower(), line
        assert domains.split(), line
        assert all(DOMAIN.match(domain) for domain in domains.split()), line


def test_it_reads_both_ways() -> None:
    """Every domain of every name leads back to the name."""
    table = names_of_domain()
    assert all(brand.name in table[domain] for brand in brands() for domain in brand.domains)
    assert {"dhl", "deutsche post"} <= set(table["dhl.de"])


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("dhl", "dhl.com"), ("la banque postale", "labanquepostale.fr"), ("sparkasse", "sparkasse-bremen.de"),
        ("volksbank", "volksbank-koeln-bonn.de"), ("microsoft", "email.sharepointonline.com"), ("poste italiane", "posteid.poste.it"),
        ("ctt", "ctt.pt"), ("correos", "correos.es"), ("inpost", "inpost.pl"), ("ziggo", "ziggo.nl"),
        ("dart charge", "nationalhighways.co.uk"), ("sda express", "sda.it"), ("cemig", "cemig.com.br"),
    ],
)  # fmt: skip
def test_sisters(name: str, host: str) -> None:
    """National and mailing domains, and the members of an association."""
    brand = next(brand for brand in brands() if brand.name == name)
    assert owns(brand, host)


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("dhl", "dhl-zustellung.com"), ("sparkasse", "sparkasse-sicherheit.de"), ("ctt", "ctt-desalfandegamento.com"),
        ("microsoft", "microsoft-teams.support"), ("ziggo", "ziggo-betaling.nl"),
    ],
)  # fmt: skip
def test_impostors(name: str, host: str) -> None:
    """A name with a word behind it is nobody's sister."""
    brand = next(brand for brand in brands() if brand.name == name)
    assert not owns(brand, host)


@pytest.mark.parametrize(
    ("around", "host"),
    [
        (context(contacts=frozenset({"a@berlin.de"})), "kita-sonne.berlin"),
        (context(contacts=frozenset({"a@garten.de"})), "garten-mueller.de"),
        (context(own_domains=frozenset({"example.org"})), "petersen-shk.example"),
        (context(own_domains=frozenset({"example.org"})), "example-pod.net"),
    ],
)
def test_no_suffix_or_word_is_protected(around: object, host: str) -> None:
    """A TLD or an ordinary word that a contact's domain is made of is imitated by nobody."""
    assert find_lookalike(host, protected_by(around)) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("host", ["garten-rechnung.de", "garten-de.com"])
def test_a_word_with_a_lure_behind_it_imitates(host: str) -> None:
    """The contact's name in a domain made for one lure."""
    assert find_lookalike(host, protected_by(context(contacts=frozenset({"a@garten.de"})))) is not None


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Chase Support", "chase"), ("Chase Miller", ""), ("UPS Delivery", "ups"), ("Otto Müller", ""),
        ("Indeed for Employers", "indeed for employers"), ("Indeed a nice day", ""),
    ],
)  # fmt: skip
def test_a_common_word_is_a_brand_only_in_business(name: str, found: str) -> None:
    """Names that are words, too."""
    brand = claimed_brand(name, common=True)
    assert (brand.name if brand else "") == found


@pytest.mark.parametrize(
    "host",
    ["dartcharge-crossings.com", "auth-notices.com", "vr-freigabeverfahren.de", "carte-vitale-renouvellement.fr",
     "santander-verificacion.net", "avvisi-cittadino.com", "rabobank-betaling.nl", "portagens-regularizacao.com", "taxrefund.org",
     "nordic-finepay.com", "bureau-documenten.com"],
)  # fmt: skip
def test_domains_made_for_one_lure(host: str) -> None:
    """Words of lures in seven languages."""
    assert purpose_of(host) >= 0.5


@pytest.mark.parametrize(
    "host",
    ["petersen-shk.de", "larkfield-architects.co.uk", "westfieldjunior.org.uk", "paypal-communication.com", "seakayak-north.org",
     "gov.uk", "sendgrid.net", "yogastudio-lindenhof.de", "rosewater-catering.com", "account.netflix.com",
     "scanlon-payne.com", "human-rights.org"],
)  # fmt: skip
def test_ordinary_domains(host: str) -> None:
    """Trades, places, brands and mailers."""
    assert purpose_of(host) == 0.0


def test_lists_hold_registrable_domains() -> None:
    """Every domain compared with a registrable domain is one."""
    for listed in (frozenset(platforms()), free_mail()):
        assert all(organizational_domain(domain) == domain for domain in listed)
    assert "sendgrid.net" in mailers()
