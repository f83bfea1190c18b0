"""Tests of the lines of config.yml that have no effect."""

from pathlib import Path

import pytest

from glassdome.core.config import Settings
from glassdome.core.config.hidden import HiddenValue, hidden_by, hidden_values

FILE = """ollama:
  model: qwen3:8b
  num_ctx: "8192"
processing:
  interval: 30
  batch_size: 20
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A config.yml that this process reads."""
    path = tmp_path / "config.yml"
    path.write_text(FILE)
    monkeypatch.setenv("GLASSDOME_CONFIG", str(path))
    return path


def test_another_value_of_the_environment_is_told(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With key, line and what hides it; the same value, and a line that says the default, are no wish ignored."""
    monkeypatch.setenv("OLLAMA_MODEL", "llama3.2:3b")
    monkeypatch.setenv("LLM_PROCESSING_INTERVAL", "30.0")
    monkeypatch.setenv("OLLAMA_NUM_CTX", "16384")

    (found,) = hidden_values(Settings())

    assert found == HiddenValue(key="ollama.model", place=f"{file}:2", by="environment OLLAMA_MODEL")


def test_mailcow_conf_is_told_like_the_environment(file: Path) -> None:
    """Its lines become the environment of the container; an empty one sets nothing."""
    values = {"LLM_BATCH_SIZE": "10", "OLLAMA_MODEL": "", "OLLAMA_NUM_CTX": "9000"}

    (found,) = hidden_by(values, "mailcow.conf", file)

    assert (found.key, found.by) == ("processing.batch_size", "LLM_BATCH_SIZE in mailcow.conf")
