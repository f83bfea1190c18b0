"""Examples for OpenAPI, one JSON file each."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

__all__ = ["example"]


def example(name: str) -> dict[str, Any]:
    """Return the example of that name."""
    found: dict[str, Any] = json.loads(files(__package__).joinpath(f"{name}.json").read_text("utf-8"))
    return found
