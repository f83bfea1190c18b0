"""`glassdome eval`: how good an engine is on labelled mail."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from glassdome_lab.evaluation.function_names import FUNCTIONS

__all__ = ["evaluate_command"]


def evaluate_command(
    corpus: Annotated[
        Path | None,
        typer.Argument(help="Folders ham/ spam/ phish/, labels.csv with the mail, mbox and CSV, or JSON Lines."),
    ] = None,
    engine: Annotated[
        str | None, typer.Option(help="builtin, ollama, openai or llamacpp; default: as configured.")
    ] = None,
    functions: Annotated[str, typer.Option(help=f"Parted by commas: {', '.join(FUNCTIONS)}.")] = ",".join(FUNCTIONS),
    limit: Annotated[
        int | None, typer.Option(min=1, help="At most this many samples of each kind, the same each time.")
    ] = None,
    loso: Annotated[
        bool, typer.Option("--loso", help="Leave one source out: retrain without each, judge it. Slow.")
    ] = False,
    writers: Annotated[
        bool, typer.Option("--writers", help="Leave one writer of the labelled whole mails out: retrain, judge. Slow.")
    ] = False,
    jobs: Annotated[int, typer.Option(min=0, max=256, help="Processes, or model requests at once; 0 chooses.")] = 0,
    state: Annotated[
        Path | None, typer.Option(help="Keep finished mails in this folder and continue from there.")
    ] = None,
    as_json: Annotated[
        Path | None, typer.Option("--json", help="Write the figures as JSON here; - is standard output.")
    ] = None,
    markdown: Annotated[Path | None, typer.Option(help="Write the report as Markdown here.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write the report as one HTML file with plots here.")] = None,
    scorecard: Annotated[
        Path | None, typer.Option(help="Write the report with the reading of each figure here.")
    ] = None,
    comparing: Annotated[
        tuple[Path, Path] | None, typer.Option("--compare", help="Two JSON files of earlier runs, side by side.")
    ] = None,
) -> None:
    """Measure an engine on labelled mail: phishing, spam, categories, summaries, sensitive data, injection, cost.

    A function is measured when the corpus has labels for it. Nothing in the mail is opened, loaded or sent anywhere
    but to the chosen engine.
    """
    from glassdome_lab.cli import eval as work

    work.evaluate_command(
        corpus=corpus,
        engine=engine,
        functions=functions,
        limit=limit,
        loso=loso,
        writers=writers,
        jobs=jobs,
        state=state,
        as_json=as_json,
        markdown=markdown,
        html=html,
        scorecard=scorecard,
        comparing=comparing,
    )
