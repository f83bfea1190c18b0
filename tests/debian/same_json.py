"""Compares verdicts of the same mail on several Pythons: same_json.py FILE FILE ...; only times may differ."""

from __future__ import annotations

import json
import sys
from itertools import zip_longest
from pathlib import Path
from typing import Any

#: What tells when and how fast, and so differs between any two runs.
TIMES = ("processing_time", "analyzed_at")
#: Differences shown, and characters of each.
SHOWN, WIDE = 20, 600


def verdicts(path: Path) -> list[dict[str, Any]]:
    """Return the verdicts without their times."""
    with path.open(encoding="utf-8") as lines:
        return [_timeless(json.loads(line)) for line in lines]


def _timeless(row: dict[str, Any]) -> dict[str, Any]:
    # A mail that does not say when it came, came when it was judged.
    times = (*TIMES, "received_at") if row.get("received_at") == row.get("analyzed_at") else TIMES
    return {name: value for name, value in row.items() if name not in times}


def differences(one: list[dict[str, Any]], other: list[dict[str, Any]]) -> list[str]:
    """Return one line for each verdict that differs: the file, and each field with both values."""
    found = []
    for first, second in zip_longest(one, other, fillvalue={}):
        # Compared as text, because 1 and 1.0 and True are equal and not the same JSON.
        fields = [name for name in {**first, **second} if text(first.get(name)) != text(second.get(name))]
        if fields or list(first) != list(second):
            changed = "; ".join(f"{name}: {first.get(name)!r} and {second.get(name)!r}" for name in fields)
            found.append(f"{first.get('file') or second.get('file')}: {changed or 'other order of fields'}")
    return found


def text(value: object) -> str:
    """Return the JSON of a value, in the order it came."""
    return json.dumps(value, ensure_ascii=False)


def main(paths: list[Path]) -> int:
    """Compare the first file with each of the others."""
    if len(paths) < 2:
        sys.stderr.write("There is nothing to compare.\n")
        return 2
    first, found = verdicts(paths[0]), []
    for path in paths[1:]:
        found += [f"{paths[0].stem} / {path.stem}: {line}" for line in differences(first, verdicts(path))]
    sys.stderr.writelines(f"{line[:WIDE]}\n" for line in found[:SHOWN])
    sys.stdout.write(f"{len(first)} verdicts on {len(paths)} Pythons, {len(found)} differ.\n")
    return 1 if found or not first else 0


if __name__ == "__main__":
    sys.exit(main([Path(argument) for argument in sys.argv[1:]]))
