"""Measure by language, and write the scorecard's part on languages."""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from glassdome.core.scripts import in_its_script
from glassdome.engine.builtin.language import language_of
from glassdome.parse import parse_message
from glassdome_lab.evaluation.by_language.figures import alarm_threshold
from glassdome_lab.evaluation.by_language.judged import JudgedMail, UnseenModels, judged, plain_tag
from glassdome_lab.evaluation.by_language.mails import LanguageMail, hand_made, machine_made, real_frauds
from glassdome_lab.evaluation.by_language.page import Counts, languages_part, with_part
from glassdome_lab.evaluation.readers import read_corpus
from glassdome_lab.training.samples import read_samples

__all__ = ["main"]

#: Mails of a language to learn from, below which the model is taken not to know it.
_LEAST: Final = 20
#: One in so many legitimate mails of other languages is judged by each model that never saw one.
_THINNED: Final = 4
#: Letters of a short line; scripts with a sign for a syllable or a word need fewer.
_SHORT, _LONG, _DENSE = 20, 50, 6


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m glassdome_lab.evaluation.by_language", description=__doc__)
    parser.add_argument("--cases", type=Path, required=True, help="the folder tests/data of the repository")
    parser.add_argument("--modern", type=Path, required=True, help="folder with dev.zip and labels_dev.csv")
    parser.add_argument("--corpus", type=Path, help="labelled mail that the text model learns from")
    parser.add_argument("--leave-out", default="", help="languages to learn without, by commas, or `all`")
    parser.add_argument("--state", type=Path, default=Path("work"), help="folder for finished models")
    parser.add_argument("--scorecard", type=Path, required=True, help="the page whose part on languages is written")
    asked = parser.parse_args(arguments)
    machine = list(machine_made(asked.modern))
    samples = read_samples(asked.corpus) if asked.corpus else []
    real = read_corpus(asked.corpus).mail if asked.corpus else ()
    mails = [*hand_made(asked.cases / "cases"), *machine, *real_frauds(real)]
    rows = list(judged(mails))
    learner = UnseenModels(samples, asked.state, say=lambda step: print(step, file=sys.stderr, flush=True))  # noqa: T201
    seen = learner.languages(_LEAST) if samples else ()
    wanted = seen if asked.leave_out == "all" else tuple(filter(None, asked.leave_out.split(",")))
    unseen = {tag: _unseen(learner, tag, mails) for tag in wanted}
    short = {"by hand": _kept_sentences(asked.cases), "first line, by machine": _first_lines(machine)}
    part = languages_part(rows, alarm_threshold(rows), unseen, short, frozenset(seen))
    page = asked.scorecard.read_text(encoding="utf-8") if asked.scorecard.exists() else "# Scorecard\n"
    asked.scorecard.write_text(with_part(page, part), encoding="utf-8")
    return 0


def _unseen(learner: UnseenModels, tag: str, mails: Sequence[LanguageMail]) -> tuple[list[JudgedMail], float]:
    """Judge the mails of a language, and of legitimate mail in others a part, by the model without it."""
    others = [mail for mail in mails if mail.language != tag and not mail.fraud][::_THINNED]
    rows = list(judged([*(mail for mail in mails if mail.language == tag), *others], learner.without(tag)))
    return rows, alarm_threshold(rows)


def _kept_sentences(data: Path) -> Counts:
    short = tomllib.loads((data / "languages" / "short.toml").read_text(encoding="utf-8"))
    return {tag: _counted(tag, halves["kept"].strip().splitlines()) for tag, halves in short.items()}


def _first_lines(mails: Iterable[LanguageMail]) -> Counts:
    lines: dict[str, list[str]] = {}
    for mail in mails:
        least = _DENSE if mail.language in ("zh", "zh-Hant", "ja", "ko") else _SHORT
        text = parse_message(mail.place.read()).text
        for line in map(str.strip, text.splitlines()):
            if least <= sum(map(str.isalpha, line)) <= _LONG and "http" not in line and "@" not in line:
                lines.setdefault(mail.language, []).append(line)
                break
    return {tag: _counted(tag, own) for tag, own in lines.items()}


def _counted(tag: str, lines: Iterable[str]) -> tuple[int, int, int]:
    guesses = [plain_tag(in_its_script(language_of(line), line)) for line in lines]
    right, left = guesses.count(tag), guesses.count("")
    return right, left, len(guesses) - right - left


if __name__ == "__main__":
    sys.exit(main())
