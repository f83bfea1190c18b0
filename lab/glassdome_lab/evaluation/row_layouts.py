"""Labelled rows in JSON Lines, plain or gzipped; what a row is shows from its keys."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

from glassdome.core.errors import InputError
from glassdome_lab.evaluation.labels import label_named
from glassdome_lab.evaluation.rouge import words_in
from glassdome_lab.evaluation.samples import (
    CategorySample,
    Corpus,
    InjectionSample,
    IntentSample,
    LanguageSample,
    MailPlace,
    MailSample,
    SensitiveSample,
    SummarySample,
)

__all__ = ["as_mail", "corpus_from_rows"]

Row = Mapping[str, Any]
#: Words this short are articles and prepositions.
_SHORT_WORD = 3


def corpus_from_rows(path: Path) -> Corpus:
    """Return the samples of one file; rows of no known kind are left out; raises InputError for broken JSON."""
    parts: dict[str, list[Any]] = {name: [] for name in Corpus.__slots__}
    for number, row in enumerate(_rows(path)):
        ident = str(row.get("id") or f"{path.name}#{number}")
        for kind, sample in _samples(row, ident, path.name.partition(".")[0]):
            parts[kind].append(sample)
    return Corpus(**{name: tuple(found) for name, found in parts.items()})


def _rows(path: Path) -> Iterator[Row]:
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8") as file:
            for line in file:
                row = json.loads(line) if line.strip() else None
                if isinstance(row, dict):
                    yield row
    except (ValueError, OSError, EOFError) as exc:
        raise InputError(f"{path} is not JSON Lines in UTF-8.") from exc


def _samples(row: Row, ident: str, source: str) -> Iterator[tuple[str, Any]]:
    if isinstance(row.get("spans"), list) and "text" in row:
        spans = tuple((str(s["type"]), int(s["start"]), int(s["end"])) for s in row["spans"])
        yield "sensitive", SensitiveSample(id=ident, text=str(row["text"]), spans=spans)
    elif "intent_request" in row:
        yield "intent", IntentSample(id=ident, text=str(row["text"]), asks=bool(row["intent_request"]))
    elif "injected" in row:
        yield "injection", _injection(row, ident)
    elif "emails" in row and "annotations" in row:
        yield "summaries", _thread(row, ident)
    elif row.get("references") and "body" in row:
        yield "summaries", _summary(row, ident)
    elif "language" in row and "label" not in row:
        yield "languages", LanguageSample(id=ident, text=str(row["text"]), language=str(row["language"]))
    elif "category" in row or "categories" in row:
        names = row.get("categories") or [row["category"]]
        yield "categories", CategorySample(id=ident, place=_place(row), accepted=frozenset(map(str, names)))
    elif label_named(str(row.get("label", ""))):
        yield "mail", _mail(row, ident, source)


def as_mail(*, subject: str, text: str, sender: str = "", name: str = "") -> bytes:
    """Return a plain mail of these words, without any header a filter could feed on."""
    mail = EmailMessage(policy=SMTP.clone(max_line_length=0, utf8=True))
    mail["Subject"] = " ".join(subject.split())
    if sender:
        mail["From"] = f"{name} <{sender}>" if name else sender
    mail.set_content(text.replace("\r\n", "\n"), cte="8bit", charset="utf-8")
    return bytes(mail)


def _place(row: Row) -> MailPlace:
    subject = str(row.get("subject") or "").partition("|EMAIL_FROM:")[0]
    text = str(row.get("text") or row.get("body") or "")
    return MailPlace(inline=as_mail(subject=subject, text=text))


def _mail(row: Row, ident: str, source: str) -> MailSample:
    return MailSample(
        id=ident,
        place=_place(row),
        label=label_named(str(row["label"])),
        source=str(row.get("source") or source),
        cluster=str(row.get("cluster") or ident),
        year=int(row.get("year") or 0),
    )


def _injection(row: Row, ident: str) -> InjectionSample:
    return InjectionSample(
        id=ident,
        subject=str(row.get("subject") or ""),
        sender=str(row.get("sender") or ""),
        text=str(row.get("body") or row.get("text") or ""),
        attack=str(row.get("injection") or row.get("text") or "") if row["injected"] else "",
        technique=str(row.get("technique") or ""),
    )


def _summary(row: Row, ident: str) -> SummarySample:
    return SummarySample(
        id=ident,
        subject="",
        text=str(row["body"]),
        references=tuple(map(str, row["references"])),
        must_include=tuple(map(str, row.get("must_include") or ())),
    )


def _thread(row: Row, ident: str) -> SummarySample:
    """Read a BC3 thread: all its mails as one text; a summary must hold the words most annotators used."""
    text = "\n\n".join(" ".join(s["text"] for s in mail["sentences"]) for mail in row["emails"])
    references = tuple(" ".join(s["text"] for s in a["summary"]) for a in row["annotations"])
    used = Counter(word for reference in references for word in set(words_in(reference)) if len(word) > _SHORT_WORD)
    common = tuple(sorted(word for word, times in used.items() if times > len(references) / 2))
    return SummarySample(
        id=ident, subject=str(row.get("name") or ""), text=text, references=references, must_include=common
    )
