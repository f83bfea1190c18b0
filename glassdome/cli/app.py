"""The `glassdome` command: says where each command is, and what it does in one line; a test holds both to the commands."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from glassdome import __version__
from glassdome.cli.lazy import MARKUP, lazy_group

__all__ = ["COMMANDS", "app", "main"]

#: Name -> where it is, and its line in `glassdome --help`: the first paragraph of its own help.
COMMANDS: Final = {
    "analyze": (
        "glassdome.cli.commands.analyze:analyze",
        "Judge mail in files: summary, categories, phishing verdict with evidence, priority, sensitive data.",
    ),
    "serve": (
        "glassdome.cli.commands.serve:serve",
        "Run the REST API, the web UI (/llm/), the watcher of the enabled mailboxes and a worker in one process.",
    ),
    "worker": (
        "glassdome.cli.commands.serve:worker",
        "Run one more worker on the same database, on this or another host.",
    ),
    "backfill": (
        "glassdome.cli.commands.backfill:backfill",
        "Queue a mailbox's older mail for analysis; a running `glassdome serve` or `worker` does the rest.",
    ),
    "stats": (
        "glassdome.cli.commands.stats:stats",
        "Show figures of the analysed mail: verdicts, times, categories, models, mail per day, and the queue.",
    ),
    "threads": (
        "glassdome.cli.commands.threads:threads",
        "Show who owes whom an answer, in mailboxes whose owners want that.",
    ),
    "doctor": (
        "glassdome.cli.commands.doctor:doctor",
        "Check every setting and connection, and say how to fix each problem.",
    ),
    "demo": (
        "glassdome.cli.commands.demo:demo",
        "Try everything: a mail server with sample mail, its analysis by the built-in engine, the REST API and the web UI.",
    ),
    "migrate": (
        "glassdome.cli.commands.migrate:migrate",
        "Bring the database schema up to this version, or down to an older one.",
    ),
    "backup": (
        "glassdome.cli.commands.backup:backup",
        "Save the database and the key of stored passwords in one file; the service may go on meanwhile.",
    ),
    "restore": (
        "glassdome.cli.commands.backup:restore",
        "Restore a backup on this machine or another; stop the service first.",
    ),
    "feedback": (
        "glassdome.cli.commands.feedback:feedback",
        "Correct a verdict. The next `glassdome train --with-feedback` learns from it.",
    ),
    "train": (
        "glassdome_lab.cli.commands.train:train",
        "Train the built-in engine's text classifier; the result is deterministic for the same mail.",
    ),
    "eval": (
        "glassdome_lab.cli.commands.eval:evaluate_command",
        "Measure an engine on labelled mail: phishing, spam, categories, summaries, sensitive data, injection, cost.",
    ),
    "send": (
        "glassdome.cli.commands.send:send",
        "Send a mail. A registered mailbox needs no password; for another one give --password-stdin.",
    ),
    "monitor": ("glassdome.cli.commands.monitor:monitor", "Show new mail; nothing is marked as read."),
    "mailbox": ("glassdome.cli.commands.mailbox:app", "Create, list, delete and register mailboxes."),
    "agent": ("glassdome.cli.commands.agent:app", "Run the Overseer; enrol people for mail commands."),
    "models": ("glassdome.cli.commands.models:app", "List, fetch, try and measure language models."),
    "actions": ("glassdome.cli.commands.actions:app", "List actions on messages, and undo them."),
    "digest": (
        "glassdome.cli.commands.digest:digest",
        "Show the digest of a mailbox as of now, or send the one of its last day or week.",
    ),
    "answers": (
        "glassdome.cli.commands.answers:app",
        "Set the absence notice and the rules of automatic answers.",
    ),
    "categories": (
        "glassdome.cli.commands.categories:app",
        "Set the categories of an owner's own, and give one to a message.",
    ),
    "webhooks": ("glassdome.cli.commands.webhooks:app", "Tell other programs of events, signed, at least once."),
    "mcp": (
        "glassdome.cli.commands.mcp:mcp",
        "Serve the actions to other agents over MCP: on standard input and output, or over HTTP.",
    ),
    "config": ("glassdome.cli.commands.config:app", "Show the settings."),
    "mailcow": (
        "glassdome.cli.commands.mailcow:app",
        "Install Glassdome into a mailcow on this machine, or remove it.",
    ),
}

app = typer.Typer(
    name="glassdome",
    cls=lazy_group(COMMANDS),
    help="Reads your mail on your own machines: summary, categories, phishing verdict with evidence, priority.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=MARKUP,
    epilog="Exit codes: 0 fine, 1 the work failed, 2 bad usage or settings.",
)


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
