"""Find values in mailcow.conf that hide one of our config.yml."""

from __future__ import annotations

from pathlib import Path

from glassdome.core.config.hidden import hidden_by
from glassdome.core.errors import ConfigError
from glassdome.deploy.conf import read_values
from glassdome.deploy.findings import Finding, Level
from glassdome.deploy.parts import CONFIG
from glassdome.deploy.tree import CONF

__all__ = ["hidden_findings"]


def hidden_findings(root: Path) -> list[Finding]:
    """Return a warning for each, and a failure for a config.yml with which the service would not start."""
    if not (root / CONFIG).is_file():
        return []
    values = read_values((root / CONF).read_text(encoding="utf-8", errors="replace"))
    try:
        hidden = hidden_by(values, str(CONF), root / CONFIG)
    except ConfigError as exc:
        return [Finding(Level.FAIL, exc.message, exc.fix or "Correct the file.")]
    fix = "Take one of the two out: an edit of the file changes nothing now."
    return [
        Finding(Level.WARN, f"{item.key} at {item.place} has no effect: {item.by} hides it.", fix) for item in hidden
    ]
