"""`glassdome config show`: every setting, its value and where it comes from."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from pydantic import SecretStr
from rich.table import Table

from glassdome.cli.console import errors_told, load_settings, out, print_json
from glassdome.core.config import Settings, env_name
from glassdome.core.log import HIDDEN, redact

__all__ = ["app", "described"]

app = typer.Typer(help="Look at the settings.", no_args_is_help=True)


def described(settings: Settings) -> list[dict[str, Any]]:
    """Return one row per setting: name, variable, value (secrets hidden), origin, meaning."""
    origins = settings.origins()
    return [
        {
            "setting": name,
            "variable": env_name(name),
            "value": _shown(getattr(settings, name)),
            "origin": origins[name],
            "meaning": field.description,
        }
        for name, field in Settings.model_fields.items()
    ]


def _shown(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return HIDDEN if value.get_secret_value() else ""
    return redact(value if value is None or isinstance(value, bool | int | float) else str(value))


@app.command()
def show(
    changed: Annotated[bool, typer.Option("--changed", help="Only what is not a default.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
) -> None:
    """Show every setting, its value and where it comes from.

    Order: argument, environment, .env, llm_config table, config.yml, default; the first that speaks wins. The values
    of the table are shown by the running service (GET /api/v1/get/llm/config).
    """
    with errors_told():
        rows = described(load_settings())
        if changed:
            rows = [row for row in rows if row["origin"] != "default"]
        if as_json:
            print_json(rows)
            return
        table = Table("variable", "value", "origin", "meaning", box=None, header_style="bold")
        for row in rows:
            value = "" if row["value"] is None else str(row["value"])
            table.add_row(row["variable"], value, row["origin"], row["meaning"])
        out.print(table)
