"""`glassdome webhooks`: the receivers of events."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(help="Tell other programs of events, signed, at least once.", no_args_is_help=True)
Id = Annotated[int, typer.Argument(metavar="ID", min=1, max=2**63 - 1, help="A webhook, as `list` shows it.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object per line.")]


@app.command("list")
def list_webhooks(as_json: AsJson = False) -> None:
    """List the webhooks, how they fare, and what waits for them."""
    from glassdome.cli import webhooks as work

    work.list_webhooks(as_json=as_json)


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="On a host that GLASSDOME_WEBHOOK_HOSTS names.")],
    events: Annotated[
        str, typer.Option(help="analysis, phishing, thread.waiting, action, job.failed, health; commas between.")
    ] = "",
    mailbox: Annotated[str, typer.Option(help="Only events of this mailbox.")] = "",
    domain: Annotated[str, typer.Option(help="Only events of this domain.")] = "",
) -> None:
    """Add a webhook, and print the secret that its receiver checks signatures with; it is shown this once."""
    from glassdome.cli import webhooks as work

    work.add(url=url, events=events, mailbox=mailbox, domain=domain)


@app.command()
def remove(webhook: Id) -> None:
    """Remove a webhook with all that waits for it."""
    from glassdome.cli import webhooks as work

    work.remove(webhook)


@app.command()
def test(webhook: Id) -> None:
    """Send an event of type `test` and show the receiver's status."""
    from glassdome.cli import webhooks as work

    work.test(webhook)


@app.command()
def dead(as_json: AsJson = False) -> None:
    """List the events that were given up after a day of tries."""
    from glassdome.cli import webhooks as work

    work.dead(as_json=as_json)


@app.command()
def resend(webhook: Id) -> None:
    """Send the dead letters of a webhook again."""
    from glassdome.cli import webhooks as work

    work.resend(webhook)
