"""The `glassdome` command: mounts one file per command."""

from __future__ import annotations

from typing import Annotated

import typer

from glassdome import __version__
from glassdome.cli import actions, agent, config, mailbox, mailcow, models
from glassdome.cli.analyze import analyze
from glassdome.cli.backfill import backfill
from glassdome.cli.demo import demo
from glassdome.cli.doctor import doctor
from glassdome.cli.eval import evaluate_command
from glassdome.cli.feedback import feedback
from glassdome.cli.migrate import migrate
from glassdome.cli.monitor import monitor
from glassdome.cli.send import send
from glassdome.cli.serve import serve, worker
from glassdome.cli.stats import stats
from glassdome.cli.train import train

__all__ = ["app", "main"]

app = typer.Typer(
    name="glassdome",
    help="Reads your mail on your own machines: summary, categories, phishing verdict with evidence, priority.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    epilog="Exit codes: 0 fine, 1 the work failed, 2 bad usage or settings.",
)
for _command in (analyze, serve, worker, backfill, stats, doctor, demo, migrate, feedback, train):
    app.command()(_command)
app.command("eval")(evaluate_command)
app.command()(send)
app.command()(monitor)
app.add_typer(mailbox.app, name="mailbox")
app.add_typer(agent.app, name="agent")
app.add_typer(models.app, name="models")
app.add_typer(actions.app, name="actions")
app.add_typer(config.app, name="config")
app.add_typer(mailcow.app, name="mailcow")


def _version(value: bool) -> None:
    if value:
        typer.echo(f"glassdome {__version__}")
        raise typer.Exit()


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Hold the options that stand before a command."""


def main() -> None:
    """Run the command line (the `glassdome` console script)."""
    app()
