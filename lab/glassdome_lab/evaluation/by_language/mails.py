"""Labelled mail with its language: written by hand, made by a machine from templates, and real."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Final, Literal

from glassdome.core.errors import ParseError
from glassdome.engine.builtin.language import language_of
from glassdome.parse import parse_message
from glassdome_lab.evaluation.samples import MailPlace, MailSample

__all__ = ["SERVER", "LanguageMail", "hand_made", "machine_made", "real_frauds"]

#: The server whose findings stand in the mails that are made for a measurement.
SERVER: Final = "mail.example.org"
_FRAUD_SENDER: Final = "Service <service@kunden-portal.example.net>"
_HONEST_SENDER: Final = "Nordhaven <post@nordhaven.example.com>"


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageMail:
    """One mail. `asks` and `dated` are None where requests and due days have no label; `cluster` joins near-duplicates."""

    id: str
    language: str
    made: Literal["hand", "machine", "real"]
    fraud: bool
    place: MailPlace
    cluster: str
    asks: bool | None = None
    dated: bool | None = None


def hand_made(cases: Path) -> Iterator[LanguageMail]:
    """Yield the mails written by hand that the tests are made of: `cases` is `tests/data/cases`. All shaped the rules."""
    yield from _sentences(cases / "frauds")
    yield from _trios(cases / "languages")
    for folder in (cases / "modern", cases / "modern_2026"):
        for row in _rows(folder / "labels.csv"):
            yield LanguageMail(
                id=row["id"], language=row["language"], made="hand", fraud=row["label"] == "phish", cluster=row["id"],
                place=MailPlace(path=folder / row["file"]), asks=_told(row, "action"),
                dated=bool(row["due"]) if "due" in row else None,
            )  # fmt: skip


def machine_made(folder: Path) -> Iterator[LanguageMail]:
    """Yield legitimate service mail of open-source applications: `folder` has `dev.zip` and `labels_dev.csv`."""
    for row in _rows(folder / "labels_dev.csv"):
        yield LanguageMail(
            id=row["id"], language=_base(row["language"]), made="machine", fraud=False, cluster=f"{row['project']}:{row['key']}",
            place=MailPlace(path=folder / "dev.zip", member=row["file"]), asks=_told(row, "action"), dated=_told(row, "deadline"),
        )  # fmt: skip


def real_frauds(samples: Iterable[MailSample]) -> Iterator[LanguageMail]:
    """Yield the real phishing of a corpus; the language is guessed, and the engine learned from these mails."""
    for sample in samples:
        if sample.label != "phish":
            continue
        try:
            message = parse_message(sample.place.read())
        except ParseError:
            continue
        if language := language_of(message.subject, message.text):
            yield LanguageMail(
                id=f"real:{sample.id}", language=language, made="real", fraud=True, place=sample.place,
                cluster=sample.cluster or sample.id,
            )  # fmt: skip


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _told(row: dict[str, str], column: str) -> bool | None:
    return {"yes": True, "no": False}.get(row.get(column, ""))


def _base(tag: str) -> str:
    """Return the language of a tag with a region; Chinese keeps its script."""
    return "zh-Hant" if tag in ("zh-Hant", "zh-TW", "zh-HK") else tag.partition("-")[0]


def _sentences(folder: Path) -> Iterator[LanguageMail]:
    for path in sorted(folder.glob("*.toml")):
        for tag, case in tomllib.loads(path.read_text(encoding="utf-8")).items():
            for kind, sender in (("fraud", _FRAUD_SENDER), ("honest", _HONEST_SENDER)):
                for number, text in enumerate(case[kind].strip().splitlines()):
                    name = f"{tag}:{kind}:{number}"
                    yield LanguageMail(
                        id=name, language=_base(tag), made="hand", fraud=kind == "fraud", cluster=name,
                        place=MailPlace(inline=_mail(text, sender, proven=kind == "honest")),
                    )  # fmt: skip


def _trios(folder: Path) -> Iterator[LanguageMail]:
    for path in sorted(folder.glob("*.eml")):
        kind, _, language = path.stem.partition("_")
        asks = True if kind == "request" else None
        yield LanguageMail(
            id=path.stem, language=language, made="hand", fraud=kind != "request", cluster=path.stem,
            place=MailPlace(path=path), asks=asks,
        )  # fmt: skip


def _mail(text: str, sender: str, *, proven: bool) -> bytes:
    """Build a mail that our server verified, or knows nothing about."""
    domain = sender.rpartition("@")[2].rstrip(">")
    mail = EmailMessage()
    if proven:
        mail["Authentication-Results"] = f"{SERVER}; dkim=pass header.d={domain}; dmarc=pass header.from={domain}"
    mail["From"], mail["To"], mail["Subject"] = sender, "me@example.org", "Info"
    mail.set_content(text.replace("{u}", f"https://{domain}/s/4711"))
    return mail.as_bytes()
