"""`glassdome mailcow`: into an existing mailcow with one command, and out again without a trace."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from glassdome.deploy.options import RspamdWay

__all__ = ["app"]

app = typer.Typer(help="Install Glassdome into a mailcow on this machine, or remove it.", no_args_is_help=True)
Folder = Annotated[Path, typer.Argument(help="mailcow's folder, usually /opt/mailcow-dockerized.")]
Check = Annotated[
    bool, typer.Option("--check", help="Say what would fail: host, compose, nginx, Rspamd, Dovecot. Change nothing.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the plan and change nothing.")]
Restart = Annotated[bool, typer.Option("--restart", help="Also run the docker commands.")]
Force = Annotated[bool, typer.Option("--force", help="Replace or remove files of ours that were edited by hand.")]


@app.command()
def install(
    folder: Folder,
    mailbox: Annotated[list[str] | None, typer.Option(help="Analyse this mailbox; may be repeated.")] = None,
    domain: Annotated[list[str] | None, typer.Option(help="Analyse every mailbox of this domain.")] = None,
    ollama: Annotated[
        bool, typer.Option(help="Run Ollama together with mailcow; without it no language model, or yours.")
    ] = True,
    gpu: Annotated[bool, typer.Option("--gpu", help="Give Ollama the NVIDIA cards.")] = False,
    rspamd: Annotated[
        RspamdWay, typer.Option(help="How Rspamd asks during the scan: our plugin or its GPT module.")
    ] = "plugin",
    learn: Annotated[bool, typer.Option("--learn", help="Let corrections teach Rspamd.")] = False,
    push: Annotated[bool, typer.Option(help="Let Dovecot push at each delivery; else polling finds new mail.")] = True,
    agent: Annotated[
        bool, typer.Option("--agent", help="Run the Overseer too: alerts, reports and commands by mail.")
    ] = False,
    link: Annotated[bool, typer.Option(help="A link to the web UI in mailcow's Apps.")] = True,
    pull: Annotated[
        bool | None, typer.Option(help="With --restart: fetch the language model too; else you are asked.")
    ] = None,
    image: Annotated[str, typer.Option(help="A ready image; default: built here.")] = "",
    check: Check = False,
    dry_run: DryRun = False,
    restart: Restart = False,
    force: Force = False,
) -> None:
    """Install Glassdome. No mailbox is read before it is enabled, and then only mail that arrives from that moment.

    A second run changes nothing; earlier choices stay.
    """
    from glassdome.cli import mailcow as work

    work.install(
        folder=folder,
        mailbox=mailbox,
        domain=domain,
        ollama=ollama,
        gpu=gpu,
        rspamd=rspamd,
        learn=learn,
        push=push,
        agent=agent,
        link=link,
        pull=pull,
        image=image,
        check=check,
        dry_run=dry_run,
        restart=restart,
        force=force,
    )


@app.command()
def upgrade(folder: Folder, dry_run: DryRun = False, restart: Restart = False, force: Force = False) -> None:
    """Update the installed files to this version and keep every choice; also after mailcow's own update."""
    from glassdome.cli import mailcow as work

    work.upgrade(folder=folder, dry_run=dry_run, restart=restart, force=force)


@app.command()
def status(folder: Folder, as_json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False) -> None:
    """Show the installed files, and which of them mailcow's update or a person changed. Ends with 1 when one is missing."""
    from glassdome.cli import mailcow as work

    work.status(folder=folder, as_json=as_json)


@app.command()
def sql(
    folder: Folder, drop: Annotated[bool, typer.Option("--drop", help="The SQL that removes both.")] = False
) -> None:
    """Write the SQL that makes our schema and user, its password included; for `mysql -uroot` in mysql-mailcow."""
    from glassdome.cli import mailcow as work

    work.sql(folder=folder, drop=drop)


@app.command()
def uninstall(
    folder: Folder,
    purge: Annotated[bool, typer.Option("--purge", help="With --restart: also drop the database of analyses.")] = False,
    dry_run: DryRun = False,
    restart: Restart = False,
    force: Force = False,
) -> None:
    """Restore every file byte for byte; the database of analyses stays unless --purge."""
    from glassdome.cli import mailcow as work

    work.uninstall(folder=folder, purge=purge, dry_run=dry_run, restart=restart, force=force)
