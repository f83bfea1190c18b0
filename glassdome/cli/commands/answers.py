"""`glassdome answers`: the absence notice and the rules by which a mailbox answers by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(help="Set the absence notice and the rules of automatic answers.", no_args_is_help=True)
Mailbox = Annotated[str, typer.Argument(metavar="MAILBOX", help="Its address.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="A rule, as `list` shows it.")]
File = Annotated[Path | None, typer.Option(help="A file with the text, in UTF-8.")]
Several = typer.Option(help="May be given several times; one that fits is enough.")


@app.command("list")
def list_rules(
    mailbox: Mailbox, as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False
) -> None:
    """Show the absence notice and the rules of a mailbox, in their order."""
    from glassdome.cli import answers as work

    work.list_rules(mailbox, as_json=as_json)


@app.command()
def add(
    mailbox: Mailbox,
    name: Name,
    text: Annotated[str, typer.Option(help="The words of the answer.")] = "",
    file: File = None,
    subject: Annotated[str, typer.Option(help="Its subject; without one `Auto: ` and the mail's own.")] = "",
    category: Annotated[list[str] | None, Several] = None,
    sender_domain: Annotated[list[str] | None, Several] = None,
    subject_word: Annotated[list[str] | None, Several] = None,
    recipient: Annotated[list[str] | None, Several] = None,
    days: Annotated[int, typer.Option(help="A person gets one answer in so many days.", min=1, max=365)] = 7,
    off: Annotated[bool, typer.Option("--off", help="Store it, and answer nothing yet.")] = False,
) -> None:
    """Add a rule, or replace the one of that name. Every kind of condition given must hold."""
    from glassdome.cli import answers as work

    rule = {
        "name": name,
        "text": text,
        "subject": subject,
        "categories": category or [],
        "sender_domains": sender_domain or [],
        "subject_words": subject_word or [],
        "recipients": recipient or [],
        "days": days,
        "enabled": not off,
    }
    work.add(mailbox, rule, file=file)


@app.command()
def remove(mailbox: Mailbox, name: Name) -> None:
    """Remove a rule."""
    from glassdome.cli import answers as work

    work.switch(mailbox, name, "removed")


@app.command()
def on(mailbox: Mailbox, name: Name) -> None:
    """Switch a rule on."""
    from glassdome.cli import answers as work

    work.switch(mailbox, name, "on")


@app.command()
def off(mailbox: Mailbox, name: Name) -> None:
    """Switch a rule off; it is kept."""
    from glassdome.cli import answers as work

    work.switch(mailbox, name, "off")


@app.command()
def absence(
    mailbox: Mailbox,
    text: Annotated[str, typer.Option(help="The words of the notice; without them the notice ends.")] = "",
    file: File = None,
    since: Annotated[str, typer.Option("--from", help="First day, such as 2026-12-20; without it: now.")] = "",
    until: Annotated[str, typer.Option(help="Last day; without it: until the notice ends.")] = "",
    subject: Annotated[str, typer.Option(help="Its subject; without one `Auto: ` and the mail's own.")] = "",
) -> None:
    """Set the absence notice of a mailbox, or end it."""
    from glassdome.cli import answers as work

    work.absence(mailbox, text, file=file, since=since, until=until, subject=subject)
