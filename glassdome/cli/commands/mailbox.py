"""`glassdome mailbox`: create, list, delete and register mailboxes."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(
    name="mailbox",
    help="Create, list, delete and register mailboxes.",
    no_args_is_help=True,
)
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Stdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from the first line of stdin.")]


@app.command()
def create(
    local_part: Annotated[str, typer.Argument(help="The part before the @.")],
    name: Annotated[str, typer.Option(help="Display name.")] = "",
    quota_mb: Annotated[int, typer.Option(min=0, help="Quota in MiB.")] = 1024,
    domain: Annotated[str | None, typer.Option(help="Domain; default: MAILCOW_DOMAIN.")] = None,
    password_stdin: Stdin = False,
    as_json: Json = False,
) -> None:
    """Create a mailbox and register it with the agent; asks for the password."""
    from glassdome.cli import mailbox as work

    work.create(
        local_part=local_part,
        name=name,
        quota_mb=quota_mb,
        domain=domain,
        password_stdin=password_stdin,
        as_json=as_json,
    )


@app.command("list")
def list_(
    domain: Annotated[str | None, typer.Option(help="Only of this domain.")] = None,
    registered: Annotated[
        bool,
        typer.Option("--registered", help="Mailboxes that the agent watches, on any server; does not ask mailcow."),
    ] = False,
    as_json: Json = False,
) -> None:
    """List mailboxes of mailcow, or those that the agent watches."""
    from glassdome.cli import mailbox as work

    work.list_(domain=domain, registered=registered, as_json=as_json)


@app.command()
def delete(
    mailbox: Annotated[str, typer.Argument(help="Its address.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Delete a mailbox with all its mail, and forget its password."""
    from glassdome.cli import mailbox as work

    work.delete(mailbox=mailbox, yes=yes, as_json=as_json)


@app.command()
def register(
    mailbox: Annotated[str, typer.Argument(help="Its address.")],
    login: Annotated[str, typer.Option(help="Name to log in with, where it is not the address.")] = "",
    password_stdin: Stdin = False,
    as_json: Json = False,
) -> None:
    """Register an existing mailbox with the agent; tries its login and stores its password encrypted."""
    from glassdome.cli import mailbox as work

    work.register(mailbox=mailbox, login=login, password_stdin=password_stdin, as_json=as_json)


@app.command()
def forget(
    mailbox: Annotated[str, typer.Argument(help="Its address.")],
    as_json: Json = False,
) -> None:
    """Stop watching a mailbox and forget its password; the mailbox itself stays."""
    from glassdome.cli import mailbox as work

    work.forget(mailbox=mailbox, as_json=as_json)
