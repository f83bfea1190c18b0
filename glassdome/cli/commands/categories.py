"""`glassdome categories`: the categories of an owner's own."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(help="Set the categories of an owner's own, and give one to a message.", no_args_is_help=True)
Mailbox = Annotated[str, typer.Argument(metavar="MAILBOX", help="Its address.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="A category, as `list` shows it.")]


@app.command("list")
def list_categories(
    mailbox: Mailbox, as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False
) -> None:
    """Show the categories of a mailbox, with the words and senders that give them to new mail."""
    from glassdome.cli import categories as work

    work.list_all(mailbox, as_json=as_json)


@app.command("set")
def save(
    mailbox: Mailbox,
    name: Name,
    old: Annotated[str, typer.Option(help="Its name until now, where it changes.")] = "",
    word: Annotated[
        list[str] | None, typer.Option(help="A word of the subject that gives it; may be given several times.")
    ] = None,
    sender: Annotated[
        list[str] | None, typer.Option(help="An address, or @ and a domain, that gives it; several times too.")
    ] = None,
    keyword: Annotated[
        bool | None, typer.Option("--keyword/--no-keyword", help="Mark its mail for mail programs.")
    ] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Forget the words and senders that it has so far.")] = False,
) -> None:
    """Add a category, or change the one of that name. A part that is not given stays as it was."""
    from glassdome.cli import categories as work

    empty: list[str] | None = [] if clear else None
    work.save(mailbox, name, old=old, words=word or empty, senders=sender or empty, keyword=keyword)


@app.command()
def remove(mailbox: Mailbox, name: Name) -> None:
    """Remove a category, also from the messages that have it."""
    from glassdome.cli import categories as work

    work.remove(mailbox, name)


@app.command()
def give(
    mailbox: Mailbox,
    email_id: Annotated[str, typer.Argument(metavar="EMAIL_ID", help="A UID or a <Message-ID>.")],
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="The category; without one, none.")] = "",
    folder: Annotated[str, typer.Option(help="Folder of a bare UID.")] = "INBOX",
) -> None:
    """Give a judged message a category, or take it off."""
    from glassdome.cli import categories as work

    work.give(mailbox, email_id, name, folder=folder)
