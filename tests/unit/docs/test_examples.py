"""The examples in the pages can be run: each command is one of ours with its options, each script compiles."""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from glassdome.cli.app import app
from glassdome.cli.lazy import Later
from glassdome.core.config import Settings, env_names
from tests.servers.dovecot import dovecot_version
from tests.servers.dovecot_config import version_lines

ROOT = Path(__file__).parents[3]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "docs" / "howto").glob("*.md"))]
TEXTS = {page.relative_to(ROOT): page.read_text(encoding="utf-8") for page in PAGES}
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
PROGRAM = re.compile(r"(?:(?:/opt/glassdome/bin|\.venv/bin)/)?glassdome")


def blocks(language: str) -> list[Any]:
    """Return (text) of each block in that language, named by page and number."""
    return [
        pytest.param(_undented(text), id=f"{page}-{number}")
        for page, whole in TEXTS.items()
        for number, (kind, text) in enumerate(FENCE.findall(whole))
        if kind == language
    ]


def _undented(text: str) -> str:
    margin = min((len(line) - len(line.lstrip()) for line in text.splitlines() if line.strip()), default=0)
    return "\n".join(line[margin:] for line in text.splitlines()) + "\n"


def commands() -> Iterator[tuple[str, list[str]]]:
    """Yield each line that begins with our program, in fences and indented blocks, as (page, words behind it)."""
    for page, whole in TEXTS.items():
        joined = re.sub(r"\\\n\s*", " ", whole)
        for line in re.findall(r"^ {4,}(\S.*)$", joined, re.MULTILINE) + [
            line.strip() for _, text in FENCE.findall(joined) for line in text.splitlines()
        ]:
            words = re.split(r"\s[|>]|\s#", line)[0]
            if PROGRAM.match(words.split(" ")[0]) and PROGRAM.fullmatch(words.split(" ")[0]):
                yield str(page), shlex.split(words)[1:]


def test_commands_are_ours() -> None:
    """Command, and every option that is given to it."""
    wrong, seen = [], 0
    for page, words in commands():
        command, rest = _find(words)
        options = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
        given = [word.partition("=")[0] for word in rest if word.startswith("--")]
        wrong += [f"{page}: {' '.join(words)}: {name}" for name in given if name not in options | {"--help"}]
        if hasattr(command, "commands"):
            wrong.append(f"{page}: {' '.join(words)}: no such command")
        seen += 1

    assert wrong == []
    assert seen > 30


def _find(words: list[str]) -> tuple[Any, list[str]]:
    command: Any = get_command(app)
    while words and hasattr(command, "commands"):
        child = command.commands.get(words[0])
        if child is None:
            break
        command, words = (child.loaded() if isinstance(child, Later) else child), words[1:]
    return command, words


@pytest.mark.parametrize("text", blocks("python"))
def test_python_compiles(text: str) -> None:
    """As it would be typed, with `await` at the top."""
    compile(text, "example", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


@pytest.mark.parametrize("text", blocks("sh") + blocks("bash"))
def test_shell_is_shell(text: str) -> None:
    """Whatever a reader pastes, bash can read."""
    done = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("text", blocks("sh") + blocks("bash"))
def test_settings_stand_apart_from_commands(text: str) -> None:
    """A line `NAME=value` in a shell is exported to no command: settings belong into `.env`, in a block of their own."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    bare = [line for line in lines if re.match(r"[A-Z][A-Z0-9_]*=\S*\s*(#.*)?$", line)]

    assert bare in ([], lines)


def test_every_variable_is_a_setting() -> None:
    """In shell blocks and in indented ones, with the prefixes that are ours."""
    known = {name for field in Settings.model_fields for name in env_names(field)}
    given = {
        (str(page), name)
        for page, whole in TEXTS.items()
        for name in re.findall(r"^ *((?:GLASSDOME|OLLAMA|LLM|MAILCOW)_[A-Z0-9_]+)=", whole, re.MULTILINE)
    }

    assert len(given) > 20
    assert sorted(found for found in given if found[1] not in known) == []


@pytest.mark.parametrize("text", blocks("yaml") + blocks("yml"))
def test_yaml_is_read(text: str) -> None:
    """Each is a mapping."""
    assert isinstance(yaml.safe_load(text), dict)


@pytest.mark.parametrize("text", blocks("toml"))
def test_toml_is_read(text: str) -> None:
    """By the parser that reads rules."""
    assert tomllib.loads(text)


@pytest.mark.parametrize("text", blocks("sieve"))
def test_sieve_compiles(tmp_path: Path, text: str) -> None:
    """By Dovecot's own compiler, with the extension for changes of flags."""
    script = tmp_path / "example.sieve"
    script.write_text(text)
    configuration = tmp_path / "dovecot.conf"
    configuration.write_text(version_lines(dovecot_version()))
    done = subprocess.run(
        [
            "/usr/bin/sievec",
            "-c",
            str(configuration),
            "-P",
            "sieve_imapsieve",
            "-x",
            "+imapsieve +environment",
            str(script),
        ],
        capture_output=True,
        text=True,
        env={"HOME": str(tmp_path)},
    )

    assert (done.returncode, script.with_suffix(".svbin").exists()) == (0, True), done.stderr


def test_nobody_is_told_to_install_it_from_an_index() -> None:
    """It is not published: what is found there under its name would be somebody else's."""
    assert [page for page, text in TEXTS.items() if re.search(r"pip3? install ['\"]?glassdome", text)] == []


def test_one_path_for_the_installed_program() -> None:
    """Pages that give a path give the one of the units and of the image; the trial in a folder is `.venv`."""
    paths = {path for text in TEXTS.values() for path in re.findall(r"[\w./~-]*/bin/glassdome\b", text)}

    assert paths <= {"/opt/glassdome/bin/glassdome", ".venv/bin/glassdome"}
    trial = {str(page) for page, text in TEXTS.items() if ".venv/bin/glassdome" in text}
    assert trial <= {"README.md", "docs/quickstart.md", "docs/README.md"}
