"""`glassdome config show`: every setting, its value and where it comes from."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from glassdome.cli.console import err, errors_told, load_settings, out, print_json
from glassdome.core.config import Settings, env_name
from glassdome.core.config.shown import shown_value
from glassdome.core.errors import ConfigError, StoreError

__all__ = ["described", "show"]


#: Columns from which on a table of four is readable.
_WIDE = 120


def described(settings: Settings) -> list[dict[str, Any]]:
    """Return one row per setting: name, variable, value (secrets hidden), origin, meaning."""
    origins = settings.origins()
    return [
        {
            "setting": name,
            "variable": env_name(name),
            "value": shown_value(name, getattr(settings, name)),
            "origin": origins[name],
            "meaning": field.description,
        }
        for name, field in Settings.model_fields.items()
    ]


async def _with_table(settings: Settings) -> Settings:
    """Return the settings with what the service wrote into `llm_config`; without it where that cannot be read."""
    from glassdome.shapes.rendering import RENDERING
    from glassdome.store import check_schema, open_database

    path = Path(settings.database.removeprefix("sqlite:///"))
    if settings.database.startswith("sqlite:") and not await asyncio.to_thread(path.is_file):
        return settings
    try:
        await check_schema(settings.database)
        async with open_database(settings.database, rendering=RENDERING) as database:
            return await asyncio.to_thread(settings.with_table, await database.config.read_config())
    except (ConfigError, StoreError) as exc:
        err.print(f"Without the llm_config table: {exc.public_message}", highlight=False, markup=False)
        return settings


def show(*, changed: bool, as_json: bool) -> None:
    """Show every setting, its value and where it comes from."""
    with errors_told():
        rows = described(asyncio.run(_with_table(load_settings())))
        if changed:
            rows = [row for row in rows if row["origin"] != "default"]
        if as_json:
            print_json(rows)
            return
        out.print(_table(rows) if out.width >= _WIDE else _lines(rows))


def _table(rows: list[dict[str, Any]]) -> Table:
    table = Table("variable", "value", "origin", "meaning", box=None, header_style="bold")
    for row in rows:
        table.add_row(*(escape(text) for text in (row["variable"], _value(row), row["origin"], row["meaning"])))
    return table


def _lines(rows: list[dict[str, Any]]) -> Group:
    """Return each setting in lines of its own: four columns in 80 characters would break every word."""
    parts: list[RenderableType] = []
    for row in rows:
        first = Text.assemble((row["variable"], "bold"), f" = {_value(row)}", (f"  ({row['origin']})", "dim"))
        parts += [first, Padding(Text(row["meaning"]), (0, 0, 0, 4))]
    return Group(*parts)


def _value(row: dict[str, Any]) -> str:
    return "" if row["value"] is None else str(row["value"])
