"""`glassdome train`: trains the text classifier of the built-in engine on labelled mail."""

from __future__ import annotations

from pathlib import Path

import typer
from rich.markdown import Markdown

from glassdome.cli.console import err, errors_told, load_settings, out, run
from glassdome_lab.cli.corrections import corrections
from glassdome_lab.training import TrainingReport
from glassdome_lab.training import train as train_model

__all__ = ["train"]


def train(*, corpus: Path, output: Path, with_feedback: bool, without_source: list[str] | None) -> None:
    """Train the built-in engine's text classifier; the result is deterministic for the same mail."""
    with errors_told():
        settings = load_settings()
        feedback = run(corrections(settings)) if with_feedback else None
        report = train_model(
            corpus,
            output,
            with_feedback=feedback,
            without_sources=without_source or (),
            progress=lambda step: err.print(f"- {step}", highlight=False),
        )
    _tell(report, output)
    raise typer.Exit(0 if report.activated else 1)


def _tell(report: TrainingReport, output: Path) -> None:
    if report.cost:
        out.print(Markdown(report.cost))
    if report.activated:
        out.print(f"Written: {output}. Use it: GLASSDOME_TEXT_MODEL={output}", highlight=False, soft_wrap=True)
    elif report.shadow is not None:
        err.print(f"[yellow]Not written:[/] {report.shadow.why}", highlight=False)
