"""Numbers of 37 languages' countries: found with their word and a right check digit, and left alone without either."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from glassdome.signals.sensitive import find_in_text, mask_text
from glassdome.signals.sensitive.national_ids import NATIONAL_IDS

DATA = tomllib.loads((Path(__file__).parents[3] / "data/sensitive/countries.toml").read_text(encoding="utf-8"))
NUMBERS: list[dict[str, str]] = DATA["number"]
OTHER: dict[str, list[str]] = DATA["other"]
KINDS = frozenset({item.type for item in NATIONAL_IDS} | {"bank_account"})
#: Kinds whose number has no public check digit: what is checked is a date, a place or the rules for letters.
UNCHECKED = {"us_ssn", "gb_nino", "dk_cpr", "eg_national_id", "id_nik", "vn_citizen_id", "in_pan"}
#: The place of the check digit among the digits, where it is not the last.
CHECK_AT = {"au_medicare": 8, "id_npwp": 8}
#: Found without a word, by a form that nothing else has.
ALONE = {item.type for item in NATIONAL_IDS if item.alone} | {"it_cf"}


def _kinds(text: str) -> set[str]:
    return {item.type for item in find_in_text(text)} & KINDS


def _named(row: dict[str, Any]) -> str:
    return f"{row['language']}-{row['kind']}"


@pytest.mark.parametrize("row", NUMBERS, ids=_named)
def test_a_number_with_its_word_is_found_and_the_sentence_stays(row: dict[str, str]) -> None:
    """The span is the number, and masking replaces the number alone."""
    text = row["sentence"].format(n=row["value"])
    found = find_in_text(text)

    assert [(item.type, text[item.start : item.end]) for item in found] == [(row["kind"], row["value"])]
    assert mask_text(text, found) == row["sentence"].format(n=f"[{row['kind']}]")


@pytest.mark.parametrize("row", NUMBERS, ids=_named)
def test_the_number_of_an_order_a_parcel_or_an_invoice_is_none(row: dict[str, str]) -> None:
    """Neither alone, nor where a word for the person's number stands before it."""
    named = row["sentence"].format(n="…")
    for other in OTHER[row["language"]]:
        assert _kinds(f"{other}: {row['value']}") <= {row["kind"]} & {"it_cf"}
        assert _kinds(f"{named} {other}: {row['value']}") <= {row["kind"]} & {"it_cf"}


@pytest.mark.parametrize("row", [row for row in NUMBERS if row["kind"] not in UNCHECKED], ids=_named)
def test_a_wrong_check_digit_is_none(row: dict[str, str]) -> None:
    """The kind is not found under another check digit."""
    value = row["value"]
    at = [place for place, char in enumerate(value) if char.isdigit()][CHECK_AT.get(row["kind"], -1)]
    changed = value[:at] + str((int(value[at]) + 1) % 10) + value[at + 1 :]

    assert row["kind"] not in _kinds(row["sentence"].format(n=changed))


@pytest.mark.parametrize("row", [row for row in NUMBERS if row["kind"] not in ALONE], ids=_named)
def test_a_number_alone_is_none(row: dict[str, str]) -> None:
    """A right check digit is not enough: one number of ten or eleven has it."""
    assert _kinds(f"{row['value']}\n") == set()


def test_every_language_has_a_number() -> None:
    """And words for numbers of other kinds."""
    assert {row["language"] for row in NUMBERS} == OTHER.keys()
    assert len(OTHER) == 37


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("ir_national_code", "کد ملی: ۰۴۹۹۳۷۰۸۹۹"),
        ("eg_national_id", "الرقم القومي ٢٨٤٠٥١٢٠١١٢٣٤٥"),
        ("in_aadhaar", "आधार २३४१ २३४१ २३४६"),
        ("th_pin", "เลขบัตรประชาชน ๑๒๓๔๕๔๕๖๗๘๗๘๑"),
        ("jp_my_number", "マイナンバー：６２１４９８６２６８１０"),
    ],
)
def test_digits_of_other_scripts_count(kind: str, text: str) -> None:
    """The span is that of the text as written."""
    found = [item for item in find_in_text(text) if item.type == kind]

    assert [item.end for item in found] == [len(text)]
