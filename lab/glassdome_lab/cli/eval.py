"""`glassdome eval`: how good an engine is on labelled mail."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from rich.markdown import Markdown
from rich.progress import Progress, TaskID

from glassdome.bootstrap import models
from glassdome.cli.console import err, errors_told, load_settings, out, print_json, progress_bar
from glassdome.core.config import Settings
from glassdome.core.errors import ConfigError, InputError
from glassdome.ports.model import Engine
from glassdome_lab.evaluation.by_language.page import kept_part, with_part
from glassdome_lab.evaluation.fingerprint import fingerprint
from glassdome_lab.evaluation.function_names import FUNCTIONS
from glassdome_lab.evaluation.functions.writers import measure_writers
from glassdome_lab.evaluation.loso import leave_one_source_out
from glassdome_lab.evaluation.readers import read_corpus
from glassdome_lab.evaluation.report.compare import compare, to_comparison
from glassdome_lab.evaluation.report.html import to_html
from glassdome_lab.evaluation.report.markdown import to_markdown
from glassdome_lab.evaluation.report.scorecard import to_scorecard
from glassdome_lab.evaluation.retraining import Retrainer
from glassdome_lab.evaluation.run import Evaluation, EvaluationPlan, evaluate, limited
from glassdome_lab.evaluation.runner import EngineOpener, Runner
from glassdome_lab.training.triage import labelled_writers, triage_sources

__all__ = ["evaluate_command"]


def evaluate_command(
    *,
    corpus: Path | None,
    engine: str | None,
    functions: str,
    limit: int | None,
    loso: bool,
    writers: bool,
    jobs: int,
    state: Path | None,
    as_json: Path | None,
    markdown: Path | None,
    html: Path | None,
    scorecard: Path | None,
    comparing: tuple[Path, Path] | None,
) -> None:
    """Measure an engine on labelled mail: phishing, spam, categories, summaries, sensitive data, injection, cost."""
    with errors_told():
        if comparing is not None:
            _compare(*comparing, as_json=as_json is not None)
            return
        if corpus is None:
            raise InputError("Name a corpus, or two earlier runs with --compare.")
        chosen = _functions(functions)
        settings = load_settings(engine=engine, log_level="WARNING")
        evaluation = _measure(corpus, settings, functions=chosen, limit=limit, loso=loso, jobs=jobs, state=state)
        if writers and (told := measure_writers(labelled_writers(), triage_sources())):
            evaluation["functions"] = _after_loso(evaluation["functions"], told)
        page = partial(_as_scorecard, scorecard)
        _write(evaluation, {as_json: _as_json, markdown: to_markdown, html: to_html, scorecard: page})
        if as_json is None or str(as_json) != "-":
            out.print(Markdown(to_markdown(evaluation)))


def _functions(named: str) -> tuple[str, ...]:
    chosen = tuple(name.strip() for name in named.split(",") if name.strip())
    unknown = sorted(set(chosen) - set(FUNCTIONS))
    if unknown or not chosen:
        raise InputError(
            f"There is no function {', '.join(unknown) or named!r}.", fix=f"Choose from {', '.join(FUNCTIONS)}."
        )
    return chosen


def _measure(
    corpus: Path,
    settings: Settings,
    *,
    functions: tuple[str, ...],
    limit: int | None,
    loso: bool,
    jobs: int,
    state: Path | None,
) -> Evaluation:
    samples = read_corpus(corpus)
    opener = None if settings.engine_name == "builtin" else _opener(settings)
    name = settings.engine_name
    kept = state / fingerprint() if state else None
    with progress_bar(unit="samples") as bar:
        runner = Runner(
            name=f"{name}-{corpus.name}",
            engine=opener,
            workers=jobs or os.cpu_count() or 1,
            concurrency=jobs or 4,
            state=kept,
            progress=_Bars(bar),
        )
        plan = EvaluationPlan(corpus_name=corpus.name, engine=name, functions=functions, limit=limit)
        evaluation = evaluate(samples, runner=runner, plan=plan, now=datetime.now(UTC))
        if loso:
            mail = limited(samples.mail, limit, lambda sample: sample.id)
            figures = leave_one_source_out(mail, runner=runner, retrain=Retrainer(mail, state=kept))
            evaluation["functions"] = (
                {"loso": figures, **evaluation["functions"]} if figures else evaluation["functions"]
            )
    return evaluation


def _after_loso(functions: dict[str, Any], writers: dict[str, Any]) -> dict[str, Any]:
    """Return the figures with those of the writers behind the other blind ones."""
    first = {"loso": functions["loso"]} if "loso" in functions else {}
    return {**first, "writers": writers, **functions}


def _opener(settings: Settings) -> EngineOpener:
    @asynccontextmanager
    async def opened() -> AsyncIterator[Engine]:
        async with models.open_engine(settings) as engine:
            if engine is None:
                raise ConfigError(f"The engine {settings.engine_name!r} is not set up.", fix="See `glassdome doctor`.")
            yield engine

    def opening() -> AbstractAsyncContextManager[Engine]:
        return opened()

    return opening


class _Bars:
    """One progress bar per kind of sample."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, what: str, done: int, total: int) -> None:
        if what not in self._tasks:
            self._tasks[what] = self._bar.add_task(what, total=total, note="")
        self._bar.update(self._tasks[what], completed=done)


def _as_json(evaluation: Evaluation) -> str:
    return json.dumps(evaluation, ensure_ascii=False, indent=1) + "\n"


def _as_scorecard(path: Path | None, evaluation: Evaluation) -> str:
    """Return the page; the part on languages, which another command measures, stays as it is."""
    part = kept_part(path.read_text(encoding="utf-8")) if path is not None and path.exists() else ""
    return with_part(to_scorecard(evaluation), part)


def _write(evaluation: Evaluation, places: dict[Path | None, Any]) -> None:
    for path, form in places.items():
        if path is None:
            continue
        if str(path) == "-":
            print_json(evaluation)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(form(evaluation), encoding="utf-8")
        err.print(f"wrote {path}", highlight=False)


def _compare(first: Path, second: Path, *, as_json: bool) -> None:
    runs = [_read(path) for path in (first, second)]
    if as_json:
        print_json(compare(runs[0], runs[1]))
    else:
        out.print(Markdown(to_comparison(runs[0], runs[1])))


def _read(path: Path) -> Evaluation:
    try:
        evaluation = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        raise InputError(f"{path} is not the JSON of an evaluation.") from exc
    if not isinstance(evaluation, dict) or "functions" not in evaluation:
        raise InputError(f"{path} is not the JSON of an evaluation.")
    return evaluation
