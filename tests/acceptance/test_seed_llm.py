"""Every code block of the second seed document is run, read, or checked for syntax with the reason why no more."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from glassdome.core.config import Settings

HERE = Path(__file__).parent
SEED = (HERE / "seed_llm.md").read_text(encoding="utf-8")
BLOCKS = [match[1] for match in re.finditer(r"```\w*\n(.*?)```", SEED, re.S)]
PLAN = tomllib.loads((HERE / "seed_llm.toml").read_text(encoding="utf-8"))["block"]
CURL = [block["text"].strip() for block in tomllib.loads((HERE / "seed_curl.toml").read_text("utf-8"))["block"]]
#: The seed's compose names, which may not move.
SERVICES = {"ollama-mailcow", "llm-processor-mailcow", "mysql-mailcow"}


def _of(how: str) -> list[str]:
    return [text for text, plan in zip(BLOCKS, PLAN, strict=True) if plan["how"] == how]


def test_the_copy_is_the_document() -> None:
    """The copy beside this test is the document itself, where that lies beside the project."""
    original = HERE.parent.parent.parent / "shared/seeds/mailcow-llm.md"

    assert not original.exists() or original.read_text(encoding="utf-8") == SEED


def test_every_block_has_its_plan() -> None:
    """No block is forgotten, and what is not run says why."""
    assert len(BLOCKS) == len(PLAN)
    assert all(plan.get("why") for plan in PLAN if plan["how"] == "shell")


@pytest.mark.parametrize("text", _of("curl"))
def test_curl_blocks_are_executed(text: str) -> None:
    """Each stands word for word among those that test_seed_curl.py runs."""
    assert text.strip() in CURL


@pytest.mark.parametrize("text", _of("env"))
def test_environment_blocks_are_settings(text: str, tmp_path: Path) -> None:
    """Settings reads the seed's lines for mailcow.conf or .env, comments behind values included."""
    Path(".env").write_text(text, encoding="utf-8")

    settings = Settings()

    assert "llama3.2:3b" == settings.ollama_model
    assert ".env" == settings.origins()["ollama_model"]
    if "LLM_BATCH_SIZE" in text:
        assert (60.0, 10) == (settings.llm_processing_interval, settings.llm_batch_size)
    if "\nOLLAMA_HOST" in text:
        assert ("192.168.1.100:11434", "ollama") == (settings.ollama_host, settings.engine_name)


@pytest.mark.parametrize("text", _of("settings"))
def test_tuning_blocks_are_settings(text: str, tmp_path: Path) -> None:
    """The two profiles are valid config files, and the shipped examples say the same."""
    path = tmp_path / "config.yml"
    path.write_text(text, encoding="utf-8")

    settings = Settings(config_path=path)

    name = "limited-resources" if "phi3" in text else "high-performance"
    shipped = (HERE.parent.parent / f"docs/examples/{name}.yml").read_text(encoding="utf-8")
    assert yaml.safe_load(text) == yaml.safe_load(shipped)
    assert yaml.safe_load(text)["processing"]["batch_size"] == settings.llm_batch_size
    assert yaml.safe_load(text)["performance"]["concurrent_jobs"] == settings.concurrent_jobs


@pytest.mark.parametrize("text", _of("shell"))
def test_shell_blocks_are_shell(text: str) -> None:
    """Their syntax is valid, and the services they name are those of the compose file."""
    done = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True, check=False)

    assert (0, "") == (done.returncode, done.stderr)
    assert set(re.findall(r"[a-z]+(?:-[a-z]+)*-mailcow", text)) <= SERVICES


@pytest.mark.parametrize("text", _of("compose"))
def test_compose_block_is_a_gpu_reservation(text: str) -> None:
    """The fragment to be removed without a GPU is the reservation of all NVIDIA devices."""
    devices = yaml.safe_load(text)["deploy"]["resources"]["reservations"]["devices"]

    assert [{"driver": "nvidia", "count": "all", "capabilities": ["gpu"]}] == devices
