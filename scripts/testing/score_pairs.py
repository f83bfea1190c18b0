#!/usr/bin/env python3
"""Print for each language how many frauds of a folder are found, and how many other mails are called phishing.

    .venv/bin/python scripts/testing/score_pairs.py FOLDER [--without-pack] [--with-encoder] [--show]

FOLDER holds plain text files in the form of lab/glassdome_lab/training/triage_labelled/README.md, of which the lines `id`,
`lang`, `from`, `subject`, `date` and `kind` are needed: a mail of the kind `fraud` is to be found, any other is not. Fields that are
left out count as `auth: none` and `history: first`. `--without-pack` judges as if no language had words here: no phrases, and
nothing that the text model says. `--with-encoder` asks the encoder of the extra `languages` as the service does.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from glassdome.core.clock import SystemClock
from glassdome.core.config.files import FileSettings
from glassdome.core.errors import InputError
from glassdome.engine.builtin import reading
from glassdome.engine.builtin.language import PACKS, Told, told_of
from glassdome.files.meaning import has_encoder
from glassdome.files.opening import open_files
from glassdome.pipeline import meaning
from glassdome.pipeline.process import JudgeOptions, analyze_raw, warm_up
from glassdome.signals import ask_words, claims, content, unsolicited
from glassdome.signals.phrases import PhraseBook
from glassdome.values.analysis import Analysis
from glassdome.values.refs import MessageRef
from glassdome.values.verdict import Label
from glassdome_lab.training.triage_mails import AUTHSERV, TriageMail, context_for, raw_of

__all__ = ["judge_pairs", "read_pairs"]


def read_pairs(folder: Path) -> list[TriageMail]:
    """Return the mails of all text files of a folder; raises InputError for a block without a body or a needed line."""
    return [_mail(path, block) for path in sorted(folder.rglob("*.txt")) for block in _blocks(path)]


def _blocks(path: Path) -> list[str]:
    return [block.strip("\n") for block in f"\n{path.read_text('utf-8')}".split("\n=====") if "body:" in block]


def _mail(path: Path, block: str) -> TriageMail:
    head, _, body = block.partition("\nbody:")
    fields = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in head.splitlines())}
    fields = {"date": "2026-11-30 09:00", "auth": "none", "history": "first"} | fields
    if missing := {"id", "lang", "from", "subject", "kind"} - fields.keys():
        raise InputError(f"{path.name} has a mail without {', '.join(sorted(missing))}: {head[:60]}")
    return TriageMail(
        id=fields["id"], language=fields["lang"], kind=fields["kind"], fields=fields, body=f"{body.strip()}\n",
        attention="read", categories=(), draft=False, actions=(),
    )  # fmt: skip


@contextmanager
def without_packs() -> Iterator[None]:
    """Judge in the block as if no language had words here; the encoder is asked about each that it knows."""

    def unread(*texts: str) -> Told:
        return Told(told_of(*texts).tag, covered=False)

    def no_phrases(name: str) -> PhraseBook:
        return PhraseBook(phrases=())

    known = meaning.ENCODED | PACKS
    with (
        patch.object(reading, "told_of", unread),
        patch.object(meaning, "ENCODED", known),
        patch.object(content, "load_phrases", no_phrases),
        patch.object(ask_words, "load_phrases", no_phrases),
        patch.object(claims, "load_phrases", no_phrases),
        patch.object(unsolicited, "load_phrases", no_phrases),
    ):
        yield


async def judge_pairs(mails: list[TriageMail], *, encoder: bool) -> list[Analysis]:
    """Return the analyses of the mails, in their order."""
    await warm_up()
    found = []
    async with open_files(FileSettings()) as reader:
        options = JudgeOptions(
            authserv_ids=frozenset([AUTHSERV]), clock=SystemClock(), files=reader if encoder else None, meaning=encoder
        )
        for mail in mails:
            ref = MessageRef(mailbox="", folder=mail.id, uid_validity=0, uid=0)
            found.append(await analyze_raw(raw_of(mail), ref, context_for(mail), options=options))
    return found


def _print(mails: list[TriageMail], found: list[Analysis]) -> None:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for mail, analysis in zip(mails, found, strict=True):
        kind = "fraud" if mail.kind == "fraud" else "other"
        for language in (mail.language, "all"):
            counts[language][kind] += 1
            counts[language][f"{kind} {analysis.verdict.label}"] += 1
    print("language  frauds found  not judged   other  called phishing  called spam  not judged")
    for language in (*sorted(counts.keys() - {"all"}), "all"):
        of = counts[language]
        print(
            f"{language:8}  {of['fraud phish']:4} of {of['fraud']:4}  {of['fraud unknown']:10}  {of['other']:6}"
            f"  {of['other phish']:15}  {of['other spam']:11}  {of['other unknown']:10}"
        )
    _print_rates(counts["all"])


def _print_rates(of: Counter[str]) -> None:
    if of["fraud"] and of["other"]:
        print(f"found {of['fraud phish'] / of['fraud']:.1%}, false alarms {of['other phish'] / of['other']:.2%}")


def main() -> int:
    """Read, judge, print; return 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--without-pack", action="store_true", help="judge as if no language had words here")
    parser.add_argument("--with-encoder", action="store_true", help="ask the encoder of the extra `languages`")
    parser.add_argument("--show", action="store_true", help="print the id of each mail that is judged otherwise")
    given = parser.parse_args()
    if given.with_encoder and not has_encoder():
        print("The extra `languages` is not installed here, or this processor is too old for it.", file=sys.stderr)
        return 2
    mails = read_pairs(given.folder)
    if given.without_pack:
        with without_packs():
            found = asyncio.run(judge_pairs(mails, encoder=given.with_encoder))
    else:
        found = asyncio.run(judge_pairs(mails, encoder=given.with_encoder))
    for mail, analysis in zip(mails, found, strict=True):
        if given.show and (mail.kind == "fraud") != (analysis.verdict.label is Label.PHISH):
            print(mail.id, mail.kind, analysis.verdict.label)
    _print(mails, found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
