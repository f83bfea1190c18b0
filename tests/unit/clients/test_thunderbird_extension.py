"""The files of Thunderbird's add-on."""

from __future__ import annotations

import json
import re
import subprocess
import zipfile
from pathlib import Path

import pytest

CLIENTS = Path(__file__).parents[3] / "clients"
EXTENSION = CLIENTS / "thunderbird" / "extension"
#: Sentences that the Roundcube plugin has too, and words them alike.
SHARED = ("key", "keystored", "forget", "phish", "spam", "ham", "unknown", "corrected", "why", "notspam", "report")


def sentences(language: str) -> dict[str, str]:
    """Return the sentences of a language by name."""
    table = json.loads((EXTENSION / "_locales" / language / "messages.json").read_text(encoding="utf-8"))
    return {name: entry["message"] for name, entry in table.items()}


def test_least_permissions() -> None:
    """It reads the open message and its own settings, and asks only the host that its owner allows."""
    manifest = json.loads((EXTENSION / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["permissions"] == ["messagesRead", "storage"]
    assert "host_permissions" not in manifest
    assert manifest["optional_host_permissions"] == ["https://*/*", "http://127.0.0.1/*", "http://localhost/*"]
    assert manifest["browser_specific_settings"]["gecko"]["strict_min_version"] == "128.0"


@pytest.mark.parametrize("file", sorted(EXTENSION.glob("*.js")), ids=lambda file: file.name)
def test_nothing_becomes_markup(file: Path) -> None:
    """No script has a way to write HTML or to run text, nor keeps the key where Thunderbird would pass it on."""
    assert not re.findall(
        r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|sync\.", file.read_text(encoding="utf-8")
    )


@pytest.mark.parametrize(("language", "file"), [("en", "en_US.inc"), ("de", "de_DE.inc")])
def test_words_of_the_roundcube_plugin(language: str, file: str) -> None:
    """Both call the same thing by the same words."""
    text = (CLIENTS / "roundcube" / "glassdome" / "localization" / file).read_text(encoding="utf-8")
    theirs = dict(re.findall(r"^\$labels\['(\w+)'\] = '(.+)';$", text, re.MULTILINE))
    ours = sentences(language)
    for name in (*SHARED, "failed", "missing"):
        assert ours[name] == theirs[name]


def test_every_sentence_exists() -> None:
    """Each name that a page or script says is in both languages, and both have the same names."""
    text = "".join(file.read_text(encoding="utf-8") for file in EXTENSION.iterdir() if file.suffix in {".js", ".html"})
    said = re.findall(r"""(?:say|tell|button)\('(\w+)'|data-say="(\w+)"|error: '(\w+)'""", text)
    english = sentences("en")
    assert {name for names in said for name in names if name} <= english.keys()
    assert english.keys() == sentences("de").keys()


def test_package(tmp_path: Path) -> None:
    """Two builds have the same bytes, and hold every file of the add-on."""
    first, second = tmp_path / "first.xpi", tmp_path / "second.xpi"
    for target in (first, second):
        subprocess.run([CLIENTS / "thunderbird" / "build", target], check=True)
    assert first.read_bytes() == second.read_bytes()
    held = {path.relative_to(EXTENSION).as_posix() for path in EXTENSION.rglob("*") if path.is_file()}
    assert set(zipfile.ZipFile(first).namelist()) == held
