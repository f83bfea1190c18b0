"""Check digits of national numbers that python-stdnum does not know, by their names in `national_ids.toml`.

Each function takes a number of the form that its row allows, as ASCII digits and capital letters without separators, and
returns whether it is valid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from stdnum import iban, luhn

__all__ = ["CHECKS"]

#: The values of letters in Taiwan's numbers begin with 10 in this order.
_TAIWAN: Final = "ABCDEFGHJKLMNPQRSTUVXYWZIO"
#: Egypt's governorates, and 88 for those born abroad.
_EGYPT: Final = frozenset(
    {*range(1, 5), *range(11, 20), *range(21, 30), *range(31, 36), 88},
)
#: Provinces in Vietnam's numbers: even from 002 to 096, with a few odd ones.
_VIETNAM: Final = frozenset(
    {1, 11, 15, 17, 19, 25, 27, 31, 33, 35, 37, 45, 49, 51, 67, 75, 77, 79, 83, 87, 89, 91, 93, 95}
)


def _sum(number: str, weights: Iterable[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False))


def _sum_of_digits(number: str, weights: Iterable[int]) -> int:
    """Add up the digits of each product; a letter counts as its place in the alphabet, in two digits."""
    digits = "".join(char if char.isdigit() else f"{ord(char) - 64:02}" for char in number)
    products = (int(digit) * weight for digit, weight in zip(digits, weights, strict=False))
    return sum(product // 10 + product % 10 for product in products)


def _is_day(year: int, month: str, day: str) -> bool:
    try:
        date(year, int(month), int(day))
    except ValueError:
        return False
    return True


def _de_health(number: str) -> bool:
    """Krankenversichertennummer (SGB V, section 290)."""
    return _sum_of_digits(number[:-1], (1, 2) * 5) % 10 == int(number[-1])


def _de_pension(number: str) -> bool:
    """Versicherungsnummer of the pension insurance (VKVV, section 2); the day of birth may be raised by 50."""
    born = 1 <= int(number[2:4]) % 50 <= 31 and 1 <= int(number[4:6]) <= 12
    return born and _sum_of_digits(number[:-1], (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)) % 10 == int(number[-1])


def _es_social(number: str) -> bool:
    """Número de la Seguridad Social: province and body modulo 97, a body of seven digits without its zero."""
    body = number[:2] + number[3:10] if number[2] == "0" else number[:10]
    return int(number[:2]) in {*range(1, 54), 66} and int(body) % 97 == int(number[10:])


def _pt_social(number: str) -> bool:
    """Número de Identificação de Segurança Social."""
    return 9 - _sum(number[:10], (29, 23, 19, 17, 13, 11, 7, 5, 3, 2)) % 10 == int(number[10])


def _pl_card(number: str) -> bool:
    """Dowód osobisty: a letter counts from A = 10, and the weighted sum ends in 0."""
    values = (int(char, 36) for char in number)
    return sum(value * weight for value, weight in zip(values, (7, 3, 1, 9, 7, 3, 1, 7, 3), strict=True)) % 10 == 0


def _hu_person(number: str) -> bool:
    """Személyi azonosító: the weights rise to 10, and fall for those born since 1997."""
    year = int(number[1:3]) + (1900 if number[0] in "12" else 2000)
    weights = range(1, 11) if year < 1997 else range(10, 0, -1)
    return _is_day(year, number[3:5], number[5:7]) and _sum(number[:10], weights) % 11 == int(number[10])


def _hu_health(number: str) -> bool:
    """TAJ szám."""
    return _sum(number[:8], (3, 7) * 4) % 10 == int(number[8])


def _hu_tax(number: str) -> bool:
    """Adóazonosító jel."""
    return _sum(number[:9], range(1, 10)) % 11 == int(number[9])


def _ru_snils(number: str) -> bool:
    """СНИЛС of the pension fund."""
    return _sum(number[:9], range(9, 0, -1)) % 101 % 100 == int(number[9:])


def _ir_code(number: str) -> bool:
    """کد ملی: modulo 11."""
    rest = _sum(number[:9], range(10, 1, -1)) % 11
    return int(number[9]) == (rest if rest < 2 else 11 - rest)


def _kw_civil(number: str) -> bool:
    """الرقم المدني: century, date of birth, and a check digit modulo 11."""
    born = _is_day(int(number[1:3]) + 100 * (int(number[0]) + 17), number[3:5], number[5:7])
    return born and 11 - _sum(number[:11], (2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)) % 11 == int(number[11])


def _eg_national(number: str) -> bool:
    """الرقم القومي: century, date of birth and governorate; its check digit is not published."""
    born = _is_day(int(number[1:3]) + 100 * (int(number[0]) + 17), number[3:5], number[5:7])
    return born and int(number[7:9]) in _EGYPT


def _tw_id(number: str) -> bool:
    """國民身分證統一編號."""
    first = _TAIWAN.index(number[0]) + 10
    return (first // 10 + first % 10 * 9 + _sum(number[1:], (8, 7, 6, 5, 4, 3, 2, 1, 1))) % 10 == 0


def _hk_id(number: str) -> bool:
    """香港身份證: one or two letters, six digits and a check digit modulo 11, in which A is 10."""
    values = [36] * (9 - len(number)) + [int(char, 36) for char in number]
    return sum(value * weight for value, weight in zip(values, range(9, 0, -1), strict=True)) % 11 == 0


def _au_medicare(number: str) -> bool:
    """Medicare card of Australia."""
    return _sum(number[:8], (1, 3, 7, 9) * 2) % 10 == int(number[8])


def _vn_citizen(number: str) -> bool:
    """Căn cước công dân: province and year of birth; it has no check digit."""
    province = int(number[:3])
    return province in _VIETNAM or (province % 2 == 0 and 2 <= province <= 96)


def _pl_account(number: str) -> bool:
    """Numer rachunku bankowego: an IBAN of Poland without its country."""
    return bool(iban.is_valid("PL" + number))


def _hu_account(number: str) -> bool:
    """Pénzforgalmi jelzőszám: the bank's eight digits and the account's, each with its check digit."""
    weights = (9, 7, 3, 1) * 4
    return _sum(number[:8], weights) % 10 == 0 and _sum(number[8:], weights) % 10 == 0


CHECKS: Final[Mapping[str, Callable[[str], bool]]] = MappingProxyType(
    {
        "luhn": luhn.is_valid,
        "de_health": _de_health,
        "de_pension": _de_pension,
        "es_social": _es_social,
        "pt_social": _pt_social,
        "pl_card": _pl_card,
        "pl_account": _pl_account,
        "hu_account": _hu_account,
        "hu_person": _hu_person,
        "hu_health": _hu_health,
        "hu_tax": _hu_tax,
        "ru_snils": _ru_snils,
        "ir_code": _ir_code,
        "kw_civil": _kw_civil,
        "eg_national": _eg_national,
        "tw_id": _tw_id,
        "hk_id": _hk_id,
        "au_medicare": _au_medicare,
        "vn_citizen": _vn_citizen,
    }
)
