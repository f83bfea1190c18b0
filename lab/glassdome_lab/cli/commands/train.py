"""`glassdome train`: trains the text classifier of the built-in engine on labelled mail."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["train"]


def train(
    corpus: Annotated[Path, typer.Argument(help="Folder with labels.csv, or with phish/ ham/ and spam/ folders.")],
    output: Annotated[Path, typer.Option("--out", help="Model file to write; its card is written next to it.")] = Path(
        "text.npz"
    ),
    with_feedback: Annotated[
        bool, typer.Option("--with-feedback", help="Use people's corrections; a worse model is not written.")
    ] = False,
    without_source: Annotated[
        list[str] | None, typer.Option(help="Leave a source out, for example for its terms.")
    ] = None,
) -> None:
    """Train the built-in engine's text classifier; the result is deterministic for the same mail.

    Needs scikit-learn: `pip install -e '.[train]' -e ./lab` in the source folder. The model's card names sources, terms and figures.
    """
    from glassdome_lab.cli import train as work

    work.train(corpus=corpus, output=output, with_feedback=with_feedback, without_source=without_source)
