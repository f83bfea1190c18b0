"""The mails from which the models of category and attention learn: labelled ones of people, and written ones marked as such."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from glassdome.core.errors import InputError
from glassdome.engine.builtin import BuiltinEngine
from glassdome.engine.builtin.chosen import Tasks
from glassdome.engine.builtin.triage import LADDER, Chances, TriageInput
from glassdome.parse import parse_message
from glassdome.pipeline.process import examine
from glassdome.values.context import Context
from glassdome_lab.training.triage_mails import AUTHSERV, TriageMail, context_for, raw_of

__all__ = ["WRITTEN", "TriageSample", "input_of", "read_written", "samples_of", "triage_sample"]

#: The written mails that ship with the lab: `kind|attention|category|sender|subject|text`, by language.
WRITTEN: Final = Path(__file__).parent / "triage_written"
_KINDS: Final = {"p": "person", "s": "service", "l": "list", "b": "bulk"}
_DAY: Final = "2026-03-10 09:00"
#: Names in labels of what this product calls otherwise.
_SAME: Final = {"recruiting": "job", "list": "mailing-list"}
_LEARNED: Final = ("person", "service", "list", "bulk")


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageSample:
    """One mail as the models see it; `attention` is empty where it is not labelled, `group` keeps what belongs together.

    `written` marks mail made up for training; it is never scored.
    """

    seen: TriageInput
    categories: Sequence[str]
    attention: str
    language: str
    group: str
    weight: float = 1.0
    written: bool = False


def read_written(folder: Path = WRITTEN) -> list[TriageMail]:
    """Return the written mails of a folder; raises InputError for a line of another form."""
    return [
        _written(path, number, line)
        for path in sorted(folder.glob("*.txt"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
    ]


def _written(path: Path, number: int, line: str) -> TriageMail:
    parts = line.split("|", 5)
    if len(parts) != 6 or parts[0] not in _KINDS:
        raise InputError(f"Line {number} of {path.name} has another form.")
    kind, attention, categories, sender, subject, body = parts
    name = f"{path.stem}-{number}"
    fields = {"id": name, "from": sender, "subject": subject, "date": _DAY, "auth": "pass", "history": "known"}
    return TriageMail(
        id=name, language=path.stem, kind=_KINDS[kind], fields=fields, body=body.replace(" / ", "\n") + "\n",
        attention=attention, categories=categories.split("+"), draft=False, actions=(),
    )  # fmt: skip


def samples_of(
    mails: Sequence[TriageMail], *, source: str, written: bool = False, tasks: Tasks | None = None
) -> list[TriageSample]:
    """Return the samples of labelled mails, each in every form in which its kind comes, sharing one weight."""
    found = [
        triage_sample(
            raw, context_for(mail), categories=mail.categories, attention=mail.attention, language=mail.language,
            group=f"{source}:{mail.id}", weight=1 / len(forms), written=written, tasks=tasks,
        )
        for mail in mails
        if mail.kind in _LEARNED
        for forms in [list(_forms(mail))]
        for raw in forms
    ]  # fmt: skip
    return [sample for sample in found if sample is not None]


def triage_sample(
    raw: bytes, context: Context, *, categories: Sequence[str], attention: str = "", language: str, group: str,
    weight: float = 1.0, written: bool = False, tasks: Tasks | None = None,
) -> TriageSample | None:  # fmt: skip
    """Return the sample of a raw mail, None where no model is asked about it."""
    if (seen := input_of(raw, context, tasks)) is None:
        return None
    return TriageSample(
        seen=seen, categories=[_SAME.get(name, name) for name in categories], attention=attention,
        language=language, group=group, weight=weight, written=written,
    )  # fmt: skip


def _forms(mail: TriageMail) -> Iterator[bytes]:
    """Yield a mail with the header fields of its kind as different programs write them."""
    raw = raw_of(mail)
    yield raw
    if mail.kind == "service":
        yield raw.replace(b"Auto-Submitted: auto-generated\n", b"")
    if mail.kind == "list":
        yield raw.replace(b"List-Unsubscribe:", b"List-Post: <mailto:all@list.example>\nList-Unsubscribe:")
        yield b"\n".join(line for line in raw.split(b"\n") if not line.startswith(b"List-Unsubscribe"))
    if mail.kind == "bulk":
        yield raw.replace(b"List-Unsubscribe:", b"List-Id: <n.list.example>\nPrecedence: bulk\nList-Unsubscribe:")


class _Kept:
    """Stands where the models stand, and keeps what they would have seen."""

    def __init__(self) -> None:
        self.seen: TriageInput | None = None

    def chances(self, seen: TriageInput) -> Chances:
        self.seen = seen
        return Chances(categories={"notification": 1.0}, attention=dict.fromkeys(LADDER, 0.25))


def input_of(raw: bytes, context: Context, tasks: Tasks | None = None) -> TriageInput | None:
    """Return a mail as the models see it, None where they are not asked; `tasks` may be a model that did not learn from it."""
    kept = _Kept()
    message = parse_message(raw, authserv_ids=frozenset({AUTHSERV}))
    examine(message, context, BuiltinEngine(triage=kept, tasks=tasks))
    return kept.seen
