"""Write the pages of docs/reference from the program: settings, commands, REST, MCP, signals, Python. Run after changing any."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from pydantic import SecretStr

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "scripts"))


def settings_page() -> str:
    """Return the page of all settings."""
    from glassdome.core.config import Settings, env_names, is_live
    from glassdome.core.config.file import KEYS

    keys = {field: dotted for dotted, field in KEYS.items()}
    lines = [
        "# Settings",
        "",
        "Generated from the program (`python scripts/generate_reference.py`); a test keeps it fresh.",
        "",
        "The first one that is set wins: argument, environment, `.env`, the `llm_config` table (what the API writes),",
        "`config.yml`, default. `glassdome config show` says where each value comes from.",
        "",
        "A running `serve` or `worker` reads all of them again every five seconds, but for its environment and",
        "arguments, which no program can see change. Where the last column says *start*, a change waits for the next start,",
        "and the log says so. A mistake leaves the last good settings in force; the log names file and line.",
        "",
        "| variable | in config.yml | default | meaning | takes effect |",
        "|---|---|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        default = field.get_default(call_default_factory=True, validated_data={})
        if isinstance(default, SecretStr):
            default = default.get_secret_value()
        shown = "" if default in (None, "") else f"`{default}`"
        lines.append(
            f"| {' or '.join(f'`{env}`' for env in env_names(name))} | {f'`{keys[name]}`' if name in keys else ''} | {shown} | {field.description} "
            f"| {'now' if is_live(name) else 'start'} |"
        )
    return "\n".join(lines) + "\n"


def cli_page() -> str:
    """Return the page of all commands, as `--help` tells it."""
    from typer.main import get_command
    from typer.testing import CliRunner

    from glassdome.cli.app import app
    from glassdome.cli.lazy import Later

    def walk(command: object, path: list[str]) -> list[list[str]]:
        found = [path]
        if isinstance(command, Later):
            command = command.loaded()
        for name, child in sorted(getattr(command, "commands", {}).items()):
            if not getattr(child, "hidden", False):
                found += walk(child, [*path, name])
        return found

    lines = [
        "# Commands",
        "",
        "Generated from the program (`python scripts/generate_reference.py`); a test keeps it fresh.",
        "",
    ]
    for path in walk(get_command(app), []):
        title = " ".join(["glassdome", *path])
        result = CliRunner().invoke(
            app, [*path, "--help"], prog_name="glassdome", env={"COLUMNS": "100", "TERM": "dumb", "NO_COLOR": "1"}
        )
        text = "\n".join(line.rstrip() for line in result.output.strip("\n").splitlines())
        lines += [f"## {title}", "", "```text", text, "```", ""]
    return "\n".join(lines)


def api_page() -> str:
    """Return the page of the REST API."""
    from api_reference import markdown

    from glassdome.api.app import with_routes

    return markdown(with_routes("").openapi())


def mcp_page() -> str:
    """Return the page of the MCP tools."""
    from mcp_reference import markdown

    return markdown()


def signals_page() -> str:
    """Return the page of all signals and what each is worth."""
    from glassdome.signals.table import DETECTORS
    from glassdome.verdict import load_weights

    weights = load_weights()
    lines = [
        "# Signals",
        "",
        "Generated from the program (`python scripts/generate_reference.py`); a test keeps it fresh.",
        "",
        "What each detector reports, and what a hit is worth in log-odds: above 0 speaks for, below 0 against. A weight is",
        "scaled by the finding's strength, and a group counts no more than its bounds. *Hard* evidence cannot be talked away",
        "by a language model. How it adds up: [the verdict](../internals/verdict.md).",
        "",
    ]
    for detector in DETECTORS:
        lines += [
            f"## {detector.name}",
            "",
            "| signal | means | group | phishing | spam | |",
            "|---|---|---|---:|---:|---|",
        ]
        for name, meaning in detector.signals.items():
            worth = weights.signals[name]
            hard = "hard" if worth.hard else ""
            lines.append(f"| `{name}` | {meaning} | {worth.group} | {worth.phishing:+g} | {worth.spam:+g} | {hard} |")
        lines.append("")
    lines += ["## Groups", "", "| group | at least | at most |", "|---|---:|---:|"]
    lines += [f"| {name} | {group.floor:+g} | {group.ceiling:+g} |" for name, group in weights.groups.items()]
    lines += ["", "## Together", "", "| rule | one of | with one of | phishing |", "|---|---|---|---:|"]
    for name, rule in weights.together.items():
        left, right = (", ".join(f"`{n}`" for n in names) for names in (rule.any_of, rule.with_any))
        lines.append(f"| {name} | {left} | {right} | {rule.phishing:+g} |")
    return "\n".join(lines) + "\n"


def python_page() -> str:
    """Return the page of the stable Python names."""
    from python_reference import python_page as page

    return page()


PAGES = {
    "docs/reference/settings.md": settings_page,
    "docs/reference/cli.md": cli_page,
    "docs/reference/api.md": api_page,
    "docs/reference/mcp.md": mcp_page,
    "docs/reference/signals.md": signals_page,
    "docs/reference/python.md": python_page,
}


def main() -> int:
    """Write the pages; with --check, say which are stale and end with 1."""
    # Typer measures the terminal when it is imported.
    os.environ.update(COLUMNS="100", TERM="dumb", NO_COLOR="1", TERMINAL_WIDTH="100")
    stale = []
    for name, page in PAGES.items():
        path, text = ROOT / name, page()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if "--check" not in sys.argv:
                path.write_text(text, encoding="utf-8")
    print("fresh" if not stale else f"{'stale' if '--check' in sys.argv else 'written'}: {', '.join(stale)}")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
