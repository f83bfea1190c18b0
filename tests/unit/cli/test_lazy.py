"""Commands are imported when they are called, and nobody can tell."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from glassdome.cli.app import COMMANDS, app
from glassdome.cli.lazy import Later
from glassdome.demo.samples import samples

GLASSDOME = Path(sys.executable).parent / "glassdome"
HEAVY = {"alembic", "fastapi", "mcp", "openai", "sklearn", "sqlalchemy"}
#: All that the help of a command loads of ours, beside the file that declares it.
LIGHT = {"glassdome", "glassdome.cli", "glassdome.cli.app", "glassdome.cli.lazy"}
#: What some declarations take from elsewhere: the words for a choice.
CHOICES = {
    "threads": {"glassdome.values", "glassdome.values.refs", "glassdome.values.thread"},
    "eval": {"glassdome_lab.evaluation", "glassdome_lab.evaluation.function_names"},
    "mailcow": {
        "glassdome.deploy",
        "glassdome.deploy.options",
        "glassdome.core",
        "glassdome.core.errors",
        "glassdome.core.places",
    },
}


def every_command(command: Any = None, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield each command and group with the words that call it."""
    command = command or get_command(app)
    command = command.loaded() if isinstance(command, Later) else command
    yield words, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from every_command(inner, (*words, name))


def loaded_by(code: str, *arguments: str) -> set[str]:
    """Run code in a new interpreter and return which heavy libraries it loaded."""
    told = f"import sys\ntry:\n    {code}\nfinally:\n    print(*({HEAVY} & set(sys.modules)), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", told, *arguments], capture_output=True, text=True, check=True, timeout=100
    )
    return set(done.stderr.split())


@pytest.mark.parametrize("name", COMMANDS)
def test_help_loads_nothing_but_its_words(name: str) -> None:
    """Neither settings nor libraries nor the code that does the work: help comes at once."""
    code = (
        "import sys\nfrom glassdome.cli.app import app\napp([sys.argv[1], '-h'], standalone_mode=False)\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, name], capture_output=True, text=True, check=True, timeout=100)
    loaded = set(done.stderr.split())

    ours = {module for module in loaded if module.partition(".")[0] in ("glassdome", "glassdome_lab")}
    declared = COMMANDS[name][0].partition(":")[0]
    parents = {declared.rsplit(".", parts)[0] for parts in range(4)}
    assert LIGHT | parents | CHOICES.get(name, set()) == ours
    assert not loaded & {
        "asyncio",
        "cryptography",
        "httpx",
        "numpy",
        "pydantic_settings",
        "ssl",
        "structlog",
        "uvicorn",
    }


def test_help_shows_every_word_it_was_given() -> None:
    """Markup eats nothing: `<Message-ID>` is there."""
    for words, command in every_command():
        shown = CliRunner().invoke(app, [*words, "-h"], env={"COLUMNS": "2000", "TERM": "dumb", "NO_COLOR": "1"}).stdout
        texts = [command.help, *(getattr(parameter, "help", None) for parameter in command.params)]
        for text in filter(None, texts):
            for paragraph in text.replace("`", "").replace("\\<", "<").split("\n\n"):
                assert " ".join(paragraph.split()) in " ".join(shown.split()), words


def test_help_has_two_names() -> None:
    """`-h` is `--help`, at every command."""
    for words, _ in every_command():
        short, long = (CliRunner().invoke(app, [*words, option]) for option in ("-h", "--help"))
        assert (0, short.stdout) == (long.exit_code, long.stdout)


def test_the_list_of_commands_loads_no_command() -> None:
    """`import glassdome.cli.app` and `glassdome --help` load none of the heavy libraries, nor any command."""
    assert loaded_by("import glassdome.cli.app") == set()
    helped = "from glassdome.cli.app import app; app(['--help'], standalone_mode=False)"
    assert loaded_by(f"{helped}; assert 'glassdome.cli.console' not in sys.modules") == set()


def test_analyze_loads_neither_database_nor_server(tmp_path: Path) -> None:
    """A file is judged by the built-in engine with what that needs, and no more."""
    path = tmp_path / "mail.eml"
    path.write_bytes(next(iter(samples())).raw)
    judged = "from glassdome.cli.app import app; app(['analyze', '--json', sys.argv[1]], standalone_mode=False)"

    assert loaded_by(judged, str(path)) == set()


def test_a_command_that_loads_them_is_seen() -> None:
    """A loaded module is detected, so that these tests can fail."""
    assert "sqlalchemy" in loaded_by("import glassdome.cli.stats")


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_says_what_the_command_says(name: str) -> None:
    """Its line is the first paragraph of the command's own help."""
    command = get_command(app).commands[name]  # type: ignore[attr-defined]
    assert isinstance(command, Later)
    own = command.loaded()

    assert (name, False) == (own.name, own.hidden)
    assert " ".join((own.help or "").split("\n\n")[0].split()) == command.help


def test_a_mistyped_command_is_guessed() -> None:
    """The list is enough for that."""
    result = CliRunner().invoke(app, ["anlyze"])

    assert 2 == result.exit_code
    assert "analyze" in result.stderr


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("glassdome ana", {"analyze"}),
        ("glassdome mailbox ", {"create", "register", "forget", "list", "delete"}),
        ("glassdome worker --ho", {"--host"}),
    ],
)
def test_the_shell_completes(words: str, expected: set[str]) -> None:
    """Commands of the list, commands of a group, and a command's options."""
    environment = {
        "PATH": os.environ["PATH"],
        "_GLASSDOME_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split(" ")) - 1),
    }
    done = subprocess.run([GLASSDOME], env=environment, capture_output=True, text=True, check=False, timeout=100)

    assert expected == set(done.stdout.split())


def test_only_its_own_command_loads_the_mcp_library() -> None:
    """Neither the service nor the help of `glassdome mcp` needs it: it is an extra."""
    assert "mcp" not in loaded_by("import glassdome.cli.serve, glassdome.cli.demo, glassdome.cli.mcp")
    assert "mcp" in loaded_by("import glassdome.mcp.server")


def test_mcp_starts_without_what_only_calls_need(tmp_path: Path) -> None:
    """A client that starts us gets the list of tools before store, engines and mail libraries are loaded."""
    code = (
        "import asyncio, sys\nfrom mcp import Client\nfrom glassdome.desk.keys import Caller, Scope\n"
        "from glassdome.mcp.server import create_server\nimport glassdome.cli.mcp, glassdome.mcp.stdio\n"
        "async def main():\n"
        "    server = create_server(None, lambda _: Caller(name='x', scope=Scope.RW), allow_writes=True)\n"
        "    async with Client(server) as client:\n"
        "        print(len((await client.list_tools()).tools))\n"
        "asyncio.run(main())\nprint(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=100)
    loaded = set(done.stderr.split())

    assert int(done.stdout) > 10
    assert not loaded & {"alembic", "aiosmtplib", "numpy", "ollama", "openai", "sqlalchemy"}
    assert not loaded & {
        "glassdome.engine",
        "glassdome.signals",
        "glassdome.store",
        "glassdome.parse",
        "glassdome.bootstrap",
    }
