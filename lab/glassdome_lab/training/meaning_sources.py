"""The mails that the model of meaning learns from: frauds and honest mails in many languages, and service mail where given."""

from __future__ import annotations

import csv
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final
from zipfile import ZipFile

from glassdome.core.errors import InputError
from glassdome.engine.builtin.language import language_of
from glassdome.engine.builtin.meaning import meaning_text, plain_meaning
from glassdome.parse import parse_message
from glassdome_lab.training.triage_mails import read_triage_mails

__all__ = ["MeaningSample", "case_samples", "labelled_samples", "service_samples", "written_samples"]

_LINK: Final = "https://link.example/x"
#: Kinds of service mail that frauds imitate.
_HARD: Final = frozenset(
    ["billing_update", "confirm_email", "invitation", "invoice", "login_alert", "order", "otp", "password_reset", "receipt",
     "security", "shipping", "ticket"]
)  # fmt: skip
_FREE: Final = ("AGPL-", "GPL-", "LGPL-", "MPL-", "MIT", "BSD-", "Apache-")
#: Mails of one kind and language taken from templates.
_OF_A_KIND: Final = 1
#: Labelled ordinary mails learned from, by the hash of their text.
_ORDINARY: Final = 800


@dataclass(frozen=True, slots=True, kw_only=True)
class MeaningSample:
    """A text as the encoder reads it, with its language, the name of its source, and the weight it has in learning."""

    text: str
    fraud: bool
    language: str
    source: str
    weight: float = 1.0


def written_samples(folder: Path, *, source: str) -> list[MeaningSample]:
    """Return the mails of TOML files: a table for each language, its `fraud` and `honest` one a line, subject and text by a bar."""
    return [
        MeaningSample(
            text=plain_meaning(subject, text), fraud=name == "fraud", language=language.partition("-")[0], source=source,
            weight=1.5,
        )
        for path in sorted(folder.glob("*.toml"))
        for language, table in tomllib.loads(path.read_text("utf-8")).items()
        for name in ("fraud", "honest")
        for subject, text in map(_parts, table[name].strip().splitlines())
    ]  # fmt: skip


def _parts(line: str) -> tuple[str, str]:
    subject, bar, text = line.replace("{u}", _LINK).partition("|")
    return (subject, text) if bar else ("", subject)


def labelled_samples(folder: Path) -> list[MeaningSample]:
    """Return the frauds of the labelled mails, and a part of the others; spam is neither."""
    mails = [mail for path in sorted(folder.glob("*.txt")) for mail in read_triage_mails(path) if mail.kind != "spam"]
    samples = [
        MeaningSample(
            text=plain_meaning(mail.fields["subject"], mail.body), fraud=mail.kind == "fraud", language=mail.language,
            source="labelled",
        )
        for mail in mails
    ]  # fmt: skip
    return [s for s in samples if s.fraud] + _picked([s for s in samples if not s.fraud], _ORDINARY)


def case_samples(folder: Path) -> list[MeaningSample]:
    """Return the whole mails of a folder with `phish` and `ham`."""
    return [
        _of_raw(path.read_bytes(), fraud=name == "phish", source="cases")
        for name in ("phish", "ham")
        for path in sorted((folder / name).glob("*.eml"))
    ]


def service_samples(archive: Path, labels: Path) -> list[MeaningSample]:
    """Return service mail of free templates, of each language and kind that frauds imitate; raises InputError without the columns."""
    by_kind: dict[tuple[str, str], list[MeaningSample]] = defaultdict(list)
    with ZipFile(archive) as files:
        names = {name.rpartition("/")[2]: name for name in files.namelist()}
        for row in _rows(labels):
            if row["licence"].startswith(_FREE) and row["kind"] in _HARD:
                language = row["language"].partition("-")[0]
                text = meaning_text(parse_message(files.read(names[row["file"]])))
                sample = MeaningSample(text=text, fraud=False, language=language, source="service")
                by_kind[language, row["kind"]].append(sample)
    return [sample for _, samples in sorted(by_kind.items()) for sample in _picked(samples, _OF_A_KIND)]


def _rows(labels: Path) -> Iterator[dict[str, str]]:
    with labels.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if missing := {"file", "licence", "kind", "language"} - set(reader.fieldnames or ()):
            raise InputError(f"{labels.name} has no column {', '.join(sorted(missing))}.")
        yield from reader


def _of_raw(raw: bytes, *, fraud: bool, source: str) -> MeaningSample:
    text = meaning_text(parse_message(raw))
    return MeaningSample(text=text, fraud=fraud, language=language_of(text) or "en", source=source)


def _picked(samples: Sequence[MeaningSample], most: int) -> list[MeaningSample]:
    """Return so many of the samples, the same ones each time."""
    return sorted(samples, key=lambda sample: sha256(sample.text.encode()).digest())[:most]
