"""One line for each attached file: `Invoice 1187 of Nordlicht Druck, EUR 842.50, due 12 December.`"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from functools import cache
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from glassdome.core.shipped import loads_shipped
from glassdome.engine.builtin.dates import read_lexicon
from glassdome.engine.builtin.words import fold
from glassdome.values.document import Document
from glassdome.values.fact import Fact

__all__ = ["file_line"]

_FILES: Final = "files.toml"
_RECORDS: Final = "records.toml"
#: Characters of a file in which it says what it is, and of its name or a value in the line.
_TELLING: Final = 400
_MOST_SAID: Final = 80
_LINE: Final = 240
_MOST_NAMES: Final = 4
_SHORT_WORD: Final = 6
_DUE: Final = re.compile(
    r"\b(?:due|payable|pay(?:ment)? by|until|by|fallig\w*|zahlbar|zahlungsziel|bis (?:zum|spatestens)|uberweisen|echeance|a regler|a payer|avant le|vence|vencimiento|antes del|scadenza|scade|entro|vervaldatum|voor|"
    r"uiterlijk|vencimento|ate|pagar)\b"
)
_COMPANY: Final = re.compile(
    r"^(?P<v>[^\n\d,;:|]{2,60}?\s(?:GmbH(?: & Co\. KG)?|AG|e\.\s?V\.|KG|UG|Ltd\.?|Limited|LLC|Inc\.?|SARL|SAS|S\.L\.|S\.A\.|S\.r\.l\.|S\.p\.A\.|B\.V\.|N\.V\.|Lda\.?))(?=[\s,|]|$)",
    re.MULTILINE,
)
#: Titles that programs give for want of one.
_NO_TITLE: Final = re.compile(
    r"untitled\b.{0,9}|unbenannt\b.{0,9}|sans titre|sin título|senza titolo|naamloos|sem título|anonymous|(?:document|dokument)\s?\d*|microsoft \w+ - .*|\S+\.\w{2,5}",
    re.IGNORECASE,
)
_TITLED: Final = ("payslip", "contract", "minutes", "quote")
_DATED: Final = ("ticket", "boarding_pass", "booking")
_BILLED: Final = ("invoice", "reminder")


def file_line(
    name: str, document: Document, facts: Sequence[Fact], *, language: str, sender: str, written: date
) -> str:
    """Return the line, or an empty string where nothing is known of the file.

    `facts` are those of the file; `sender` is who the mail is from, where that is no person who may pass on what others made.
    """
    words = read_lexicon(_FILES).get(language.partition("-")[0], read_lexicon(_FILES)["en"])
    told = {str(fact.type): fact.value for fact in reversed(facts)}
    file = _File(name, document, facts, told, words, _Says(language, written), sender)
    made = (_paper, _event, _contact, _code, _table, _files, _words)
    parts = next((found for make in made if (found := [*filter(None, make(file))])), [])
    line = ", ".join(" ".join(part.split())[:_MOST_SAID] for part in parts)
    return f"{line[:_LINE].rstrip(' .,;:')}." if line else ""


class _Says:
    """Writes days as a person of that language does."""

    def __init__(self, language: str, written: date) -> None:
        """`written` is the day of the mail: another year is said."""
        lexicon = read_lexicon(_RECORDS)
        self._words, self._year = lexicon.get(language.partition("-")[0], lexicon["en"]), written.year

    def day(self, value: str) -> str:
        """Return `12 December`, with the hour where there is one."""
        with suppress(ValueError):
            day = date.fromisoformat(value[:10])
            said = str(self._words["date"]).format(day=day.day, month=self._words["months"][day.month - 1])
            hour = f" {value[11:16]}" if re.match(r"T\d\d:\d\d", value[10:16]) else ""
            return f"{said}{f' {day.year}' if day.year != self._year else ''}{hour}"
        return value


class _File(NamedTuple):
    """One file as its kinds see it; `told` has the first fact of each type."""

    name: str
    document: Document
    facts: Sequence[Fact]
    told: Mapping[str, str]
    words: Mapping[str, Any]
    says: _Says
    sender: str


def _paper(file: _File) -> Iterator[str]:
    kind = _kind(file.name, file.document)
    if not kind:
        return
    number = file.told.get("reference", "") if kind not in _TITLED else ""
    whose = file.told.get("payee") or _company(file.document) or file.sender
    yield " ".join(
        filter(None, (file.words[kind], number, f"{file.words['of']} {whose}" if whose and kind not in _TITLED else ""))
    )
    if kind in _DATED:
        yield file.told.get("place", "")
        yield file.says.day(file.told.get("datetime") or file.told.get("date") or "")
    yield _money(file.told.get("amount", ""))
    if kind in _BILLED and (due := _due(file.facts)):
        yield f"{file.words['due']} {file.says.day(due)}"


def _kind(name: str, document: Document) -> str:
    begins = fold(f"{document.title}\n{document.text[:_TELLING]}")
    called = fold(name.replace("_", " ").replace("-", " "))
    kinds = _kinds()
    for text in (begins, called):
        found = [(at, kind) for kind, listed in kinds.items() if (at := _first(text, listed)) >= 0]
        if found and document.text.strip():
            return str(min(found, key=lambda item: item[0])[1])
    return ""


@loads_shipped()
@cache
def _kinds() -> dict[str, list[str]]:
    return {kind: list(map(fold, listed)) for kind, listed in read_lexicon(_FILES)["words"].items()}


def _first(text: str, words: Iterable[str]) -> int:
    places = [
        found.start()
        for word in words
        # A short word is no beginning of another: a bill is not billing.
        if word in text
        and (found := re.search(rf"(?<![a-z]){re.escape(word)}{'(?![a-z])' if len(word) <= _SHORT_WORD else ''}", text))
    ]
    return min(places, default=-1)


def _company(document: Document) -> str:
    found = _COMPANY.search(document.text[:_TELLING])
    return found["v"].strip() if found else ""


def _money(amount: str) -> str:
    number, _, currency = amount.partition(" ")
    return f"{currency} {number}".strip()


def _due(facts: Iterable[Fact]) -> str:
    """Return the day by which to pay; of several in one line the last, since no bill is due before its date."""
    days = [fact for fact in facts if fact.type in ("date", "datetime")]
    line = next((fact.evidence for fact in days if _DUE.search(fold(fact.evidence))), None)
    return max((fact.value[:10] for fact in days if fact.evidence == line), default="")


def _event(file: _File) -> Iterator[str]:
    if "calendar" not in file.document.kind or not ("title" in file.told or "datetime" in file.told):
        return
    is_off = file.told.get("status", "").lower().startswith("cancel")
    yield f"{file.words['cancelled' if is_off else 'event']} {file.told.get('title', '')}"
    yield file.says.day(file.told.get("datetime") or file.told.get("date") or "")
    yield file.told.get("place", "")


def _contact(file: _File) -> Iterator[str]:
    if "vcard" in file.document.kind and "name" in file.told:
        names = [fact.value for fact in file.facts if fact.type == "name"]
        yield f"{file.words['contact']} {', '.join(names[:_MOST_NAMES])}"
        yield file.told.get("phone", "") if len(names) == 1 else ""


def _code(file: _File) -> Iterator[str]:
    code = file.told.get("qr", "")
    if not code or file.document.text.strip():
        return
    if code.startswith(("BCD", "SPC")):
        yield " ".join(
            filter(
                None, (file.words["transfer"], file.words["to"] if "payee" in file.told else "", file.told.get("payee"))
            )
        )
        yield _money(file.told.get("amount", ""))
    elif code.startswith("otpauth"):
        yield f"{file.words['factor']} {file.told.get('issuer', '')}"
    else:
        host = urlsplit(code).hostname if code.startswith("http") else ""
        yield f"{file.words['code']} {host or ''}"


def _table(file: _File) -> Iterator[str]:
    sheets = list(
        dict.fromkeys(p.where.removeprefix("sheet ") for p in file.document.passages if p.where.startswith("sheet "))
    )
    if sheets:
        yield f"{file.words['sheets']} {', '.join(sheets[:_MOST_NAMES])}"


def _files(file: _File) -> Iterator[str]:
    names = [inner.name for inner in file.document.files] or list(file.document.members)
    if names and not file.document.text.strip():
        more = ", …" if len(names) > _MOST_NAMES else ""
        yield f"{file.words['files']}: {', '.join(names[:_MOST_NAMES])}{more}"


def _words(file: _File) -> Iterator[str]:
    title = file.document.title.strip()
    line = (title if not _NO_TITLE.fullmatch(title) else "") or next(
        (line for line in file.document.text.splitlines() if any(map(str.isalpha, line))), ""
    )
    yield line.strip()
