#!/usr/bin/env python3
"""Judge a folder of mails with attachments, and count how many of the facts in its facts.json were found.

    .venv/bin/python scripts/testing/score_facts.py FOLDER

`facts.json` lists mails: `file`, `kind`, and `facts`, each with `type`, `value` and `forms` (other spellings). A fact is found
where a fact of the same family of types has the same normal value, or where one holds the other. The files are read in this
process, without a sandbox: only for mails that are trusted not to attack.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parents[2]))

from glassdome.pipeline.context import for_file
from glassdome.pipeline.process import JudgeOptions, analyze_raw
from glassdome.values.analysis import Analysis
from glassdome.values.refs import MessageRef
from tests.local_files import LocalFiles

#: Types that are one: a day with its hour is a day.
_FAMILIES: Final = {"datetime": "date", "cell": "number", "sheet": "title"}
_CURRENCIES: Final = {"€": "EUR", "$": "USD", "£": "GBP", "Euro": "EUR"}


def main() -> int:
    """Judge, compare, print; return 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--show", action="store_true", help="print all facts of each mail")
    given = parser.parse_args()
    asyncio.run(_score(given.folder, show=given.show))
    return 0


async def _score(folder: Path, *, show: bool) -> None:
    wanted, found = Counter[str](), Counter[str]()
    for mail in json.loads(await asyncio.to_thread((folder / "facts.json").read_text, encoding="utf-8")):
        start = time.perf_counter()
        analysis = await _judged(await asyncio.to_thread((folder / mail["file"]).read_bytes))
        seconds = time.perf_counter() - start
        missing = [fact for fact in mail["facts"] if not _is_found(fact, analysis)]
        wanted[mail["kind"]] += len(mail["facts"])
        found[mail["kind"]] += len(mail["facts"]) - len(missing)
        print(
            f"{mail['file']} {mail['kind']}: {analysis.verdict.label}, {seconds * 1000:.0f} ms, {analysis.verdict.summary}"
        )
        for fact in missing:
            print(f"  missing {fact['type']}: {fact['value']!r}")
        for item in analysis.facts if show else ():
            print(f"    {item.type} | {item.value!r} | {item.where}")
        for file in analysis.attachments if show else ():
            print(f"    file {file.name} ({file.type}, {file.read}): {file.summary}")
    for kind in sorted(wanted):
        print(f"{kind:16} {found[kind]:3} of {wanted[kind]:3}")
    print(f"{'all':16} {found.total():3} of {wanted.total():3}: {100 * found.total() / max(1, wanted.total()):.1f} %")


async def _judged(raw: bytes) -> Analysis:
    options = JudgeOptions(files=LocalFiles())
    ref = MessageRef(mailbox="ann@example.org", folder="INBOX", uid_validity=1, uid=1)
    return await analyze_raw(raw, ref, for_file(now=options.clock.now()), options=options)


def _is_found(fact: dict[str, Any], analysis: Analysis) -> bool:
    wanted = {_normal(value) for value in (fact["value"], *fact["forms"])} - {""}
    kind = _family(fact["type"])
    told = [
        _normal(text) for item in analysis.facts if _family(item.type) == kind for text in (item.value, item.evidence)
    ]
    return any(one == value or one in value or value in one for one in wanted for value in told if value)


def _family(kind: str) -> str:
    return _FAMILIES.get(kind, kind)


def _normal(text: str) -> str:
    """Return a value without blanks, signs and case; amounts with the cents written out and the code of the currency."""
    for sign, code in _CURRENCIES.items():
        text = text.replace(sign, code)
    text = re.sub(r"[\s'’](?=\d{3}\b)", "", text)
    text = re.sub(r"(?<=\d)[.,](?=\d{3}\b)", "", text)
    text = re.sub(r"(?<=\d),(?=\d{2}\b)", ".", text)
    text = re.sub(r"\b(EUR|USD|GBP|CHF)\s?([\d.]+)", r"\2\1", text)
    return re.sub(r"[^\w.]|\.(?!\d)|\.00\b|\.00(?=[A-Z])", "", text).casefold()


if __name__ == "__main__":
    sys.exit(main())
