"""Settings: the seeds' names, the order of the sources, and errors that say where and what."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from glassdome.core.config import Settings, env_name, unset_environment_names
from glassdome.core.errors import ConfigError


def test_the_first_seeds_env_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every name of the seed's `.env`, comments behind values included."""
    monkeypatch.chdir(tmp_path)
    Path(".env").write_text(
        "MAIL_API_UID=apiadmin                    # Mailcow API username\n"
        "MAIL_API_PW=your-password-here          # Mailcow API password\n"
        "MAILCOW_API_URL=https://192.168.3.69     # URL\n"
        "MAILCOW_DOMAIN=xisx.org                  # Domain\n"
        "MAILCOW_SMTP_PORT=587                    # SMTP port\n"
    )

    settings = Settings()

    assert settings.mail_api_uid == "apiadmin"
    assert settings.mail_api_pw == SecretStr("your-password-here")
    assert settings.mailcow_api_url == "https://192.168.3.69"
    assert settings.mailcow_domain == "xisx.org"
    assert (settings.imap_host, settings.smtp_host, settings.mailcow_smtp_port) == ("192.168.3.69", "192.168.3.69", 587)
    assert settings.origins()["mailcow_domain"] == ".env"


def test_precedence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Argument > environment > .env > llm_config > config.yml > default."""
    monkeypatch.chdir(tmp_path)
    conf = Path("data/conf/llm")
    conf.mkdir(parents=True)
    (conf / "config.yml").write_text(
        "ollama:\n  model: from-file\nprocessing:\n  batch_size: 2\n  interval: 120\n"
        "performance:\n  max_email_size: 2000\n  concurrent_jobs: 1\n"
    )
    Path(".env").write_text("LLM_BATCH_SIZE=3\nLLM_PROCESSING_INTERVAL=33\n")
    monkeypatch.setenv("LLM_BATCH_SIZE", "4")
    table = {"concurrent_jobs": "7", "llm_batch_size": "9", "llm_processing_interval": "99", "unknown": "1"}

    plain = Settings()
    overlaid = Settings().with_table(table)
    argued = Settings(llm_batch_size=5).with_table(table)

    assert (plain.llm_batch_size, plain.llm_processing_interval, plain.concurrent_jobs) == (4, 33, 1)
    assert (overlaid.llm_batch_size, overlaid.llm_processing_interval, overlaid.concurrent_jobs) == (4, 33, 7)
    assert (argued.llm_batch_size, argued.concurrent_jobs) == (5, 7)
    origins = argued.origins()
    assert origins["llm_batch_size"] == "argument"
    assert origins["llm_processing_interval"] == ".env"
    assert origins["concurrent_jobs"] == "llm_config"
    assert origins["max_email_size"] == "data/conf/llm/config.yml:7"
    assert origins["log_level"] == "default"
    assert overlaid.origins()["llm_batch_size"] == "environment LLM_BATCH_SIZE"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("ollama:\n  modell: x\n", "config.yml:2: unknown key 'ollama.modell'. Did you mean 'ollama.model'?"),
        ("performance:\n  concurrent_jobs: 0\n", "config.yml:2: performance.concurrent_jobs: "),
        ("ollama: [\n", "is not valid YAML"),
        ("just text\n", "must hold sections"),
    ],
)
def test_a_wrong_file_is_named_with_its_line(tmp_path: Path, text: str, sentence: str) -> None:
    """Unknown keys and bad values say file, line and what is allowed."""
    path = tmp_path / "config.yml"
    path.write_text(text)

    with pytest.raises(ConfigError) as caught:
        Settings(config_path=path)

    assert sentence in caught.value.sentence


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    """A config file that was asked for and is not there is an error, not a shrug."""
    with pytest.raises(ConfigError, match="cannot be read"):
        Settings(config_path=tmp_path / "absent.yml")


@pytest.mark.parametrize(
    ("name", "value"),
    [("LLM_BATCH_SIZE", "many"), ("MAILCOW_API_URL", "mail.example.org"), ("GLASSDOME_DATABASE_URL", "postgres://x")],
)
def test_a_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """The sentence begins with the variable."""
    monkeypatch.setenv(name, value)

    with pytest.raises(ConfigError) as caught:
        Settings()

    assert caught.value.sentence.startswith(f"{name}: ")


def test_engine_default_follows_the_ollama_host() -> None:
    """No engine named: ollama where OLLAMA_HOST is set, else builtin."""
    assert Settings().engine_name == "builtin"
    assert Settings(ollama_host="gpu:11434").engine_name == "ollama"
    assert Settings(ollama_host="gpu", engine="builtin").engine_name == "builtin"


def test_secrets_do_not_print() -> None:
    """The representation of the settings shows no secret."""
    shown = repr(Settings(mailcow_api_key="K-123-SECRET", mail_api_pw="pw-SECRET", api_keys="k-SECRET:rw"))

    assert "SECRET" not in shown


def test_misspelt_variables_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A GLASSDOME_ variable that nothing reads is reported by the doctor."""
    monkeypatch.setenv("GLASSDOME_ENGIN", "ollama")

    assert unset_environment_names() == ["GLASSDOME_ENGIN"]


def test_every_field_has_a_description_and_an_upper_case_name() -> None:
    """The reference page is generated from these."""
    for name, field in Settings.model_fields.items():
        assert field.description
        assert env_name(name).isupper()
