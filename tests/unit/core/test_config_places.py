"""Stored settings and the places of models: what an edit may not reach."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from glassdome.core.config import Settings
from glassdome.core.config.places import check_model_hosts
from glassdome.core.errors import ConfigError, Conflict, ImapRefused, ModelUnavailable


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A model server in config.yml with its key, and a second host that may be chosen."""
    file = tmp_path / "config.yml"
    file.write_text("openai:\n  url: https://one.lan:8000/v1\nengine:\n  name: openai\n  hosts: two.lan:9000\n")
    return Settings(config_path=file, openai_key=SecretStr("sesame"))


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://one.lan:8000/v1", "sesame"),
        ("https://one.lan:8000/other", "sesame"),
        ("https://two.lan:9000/v1", ""),
        ("http://one.lan:8000/v1", ""),
    ],
)
def test_a_key_goes_to_the_place_it_was_set_for(settings: Settings, url: str, key: str) -> None:
    """Another host does not get it, and neither does the same one without TLS."""
    assert settings.with_table({"openai_url": url}).model_key == key


def test_a_key_without_a_url_beside_it_goes_nowhere() -> None:
    """Its host is unknown then."""
    settings = Settings(openai_key=SecretStr("sesame"), model_hosts="two.lan")

    assert settings.with_table({"openai_url": "https://two.lan/v1"}).model_key == ""


def test_stored_values_of_before_are_not_followed(settings: Settings) -> None:
    """A host that is no longer on the list does not count; what else is stored does."""
    table = {"openai_url": "http://evil.example/v1", "llm_batch_size": "7", "mailcow_imap_host": "evil.example"}

    merged = settings.with_table(table)

    assert (merged.openai_url, merged.llm_batch_size, merged.imap_host) == ("https://one.lan:8000/v1", 7, None)
    assert merged.origins()["openai_url"].endswith("config.yml:2")
    # Edited again, the table is held against environment and file, not against itself.
    assert merged.with_table({"openai_url": "http://evil.example/v1"}).openai_url == "https://one.lan:8000/v1"


@pytest.mark.parametrize("text", ["http://gpu.lan", "gpu.lan/v1", "gpu.lan:port", "user@gpu.lan", "gpu:99999", ":80"])
def test_model_hosts_are_hosts(text: str) -> None:
    """A mistake in the list is said, not read as something else."""
    with pytest.raises(ValueError, match="is not host or host:port"):
        check_model_hosts(text)
    with pytest.raises(ConfigError, match="GLASSDOME_MODEL_HOSTS"):
        Settings(model_hosts=text)


@pytest.mark.parametrize(
    ("sentence", "outward"),
    [
        ("No Ollama server answers at http://10.0.0.7:11434.", "No Ollama server answers at [host]."),
        ("imap.lan:993 cannot be reached: [Errno 111] Connect call failed ('10.0.0.7', 993).",
         "[host] cannot be reached: [Errno 111] Connect call failed [host]."),
        ("[fd00::7]:143 closed the connection.", "[host] closed the connection."),
        ("mailcow at mail.example.org did not answer in time.", "mailcow at [host] did not answer in time."),
        ("Rspamd's controller cannot be reached at unix:/run/rspamd.sock: no.", "Rspamd's controller cannot be reached at [host]: no."),
        ("10.0.0.7 refused STORE: Try again at 10:30 (12:00:05).", "[host] refused STORE: Try again at 10:30 (12:00:05)."),
        ("The Ollama server has no model 'llama3.2:3b'.", "The Ollama server has no model 'llama3.2:3b'."),
    ],
)  # fmt: skip
def test_errors_name_no_host(sentence: str, outward: str) -> None:
    """An answer says what failed, not where in the owner's network."""
    assert (ModelUnavailable(sentence).outward, ImapRefused(sentence).outward) == (outward, outward)
    assert Conflict(sentence).outward == sentence
