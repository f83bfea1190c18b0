"""`glassdome config show`: every setting, its value and where it comes from."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(help="Show the settings.", no_args_is_help=True)


@app.command()
def show(
    changed: Annotated[bool, typer.Option("--changed", help="Only settings that differ from the default.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
) -> None:
    """Show every setting, its value and where it comes from.

    Order: argument, environment, .env, llm_config table, config.yml, default; the first one that is set wins. While the
    database is away, the settings in its table are left out, with a warning.
    """
    from glassdome.cli import config as work

    work.show(changed=changed, as_json=as_json)
