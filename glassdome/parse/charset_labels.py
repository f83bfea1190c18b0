"""Charset labels and what they mean, and where Python's codecs differ from the WHATWG Encoding Standard, from a data file."""

from __future__ import annotations

from typing import Final

from glassdome.core.shipped import shipped_table

__all__ = ["BIG5", "BIG5_MISSING", "EUC_JP", "GB18030", "KOI8_U", "LABELS"]

_DATA: Final = shipped_table("parse/data/charsets.toml")
#: Each label and its codec; the standard's meaning wins.
LABELS: Final[dict[str, str]] = {
    label: codec
    for table in (_DATA["mail"], _DATA["standard"])
    for codec, labels in table.items()
    for label in labels.split()
}
#: Characters of Python's codecs and of the standard's indexes in turn.
BIG5, EUC_JP, GB18030, KOI8_U = (str(_DATA["differences"][name]) for name in ("big5", "euc_jp", "gb18030", "koi8_u"))
#: Codes of the Big5 index that Python lacks or reads as another character, in hexadecimal, each with its character.
BIG5_MISSING: Final = str(_DATA["missing"]["big5"])
