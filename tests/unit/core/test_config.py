"""Settings: the seeds' names, the order of the sources, and errors that say where and what."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from glassdome.core.config import Settings, env_name, misspelt_names
from glassdome.core.config.checks import read_mailboxes
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
        ("ollama:\n\n  model: !!python/name:os.system x\n", "config.yml:3: ollama.model: the value cannot be read."),
    ],
)
def test_a_wrong_file_is_named_with_its_line(tmp_path: Path, text: str, sentence: str) -> None:
    """Unknown keys and bad values say file, line and what is allowed."""
    path = tmp_path / "config.yml"
    path.write_text(text)

    with pytest.raises(ConfigError) as caught:
        Settings(config_path=path)

    assert sentence in caught.value.public_message


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    """A config file that was asked for and is not there is an error, not a shrug."""
    with pytest.raises(ConfigError, match="cannot be read"):
        Settings(config_path=tmp_path / "absent.yml")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LLM_BATCH_SIZE", "many"),
        ("MAILCOW_API_URL", "mail.example.org"),
        ("GLASSDOME_DATABASE_URL", "postgres://x"),
        ("GLASSDOME_ENGINE_SKIP", "bulk,knwon"),
        ("GLASSDOME_MAILBOXES", "ann@example.org,bob"),
        ("GLASSDOME_API_KEYS", "secret-number-one:rw,secret-number-two"),
        ("GLASSDOME_API_KEYS", "secret-number-one:rw,secret-number-two:rw,secret-number-one:ro:example.org"),
        ("GLASSDOME_API_KEYS", "secretschl\u00fcssel:rw"),
        ("GLASSDOME_PROXY_SECRET", "secretschl\u00fcssel"),
        ("GLASSDOME_OPENAI_URL", "http://10.0.0.5:80000/v1"),
        ("MAILCOW_API_URL", "https://mail.example.org:0"),
        ("GLASSDOME_RETENTION_DAYS", "999999"),
        ("GLASSDOME_API_RATE_PER_MINUTE", "1" + 400 * "0"),
        ("GLASSDOME_BACKFILL_PER_HOUR", "1" + 400 * "0"),
        ("GLASSDOME_API_KEYS", "secret-number-one:ro:"),
        ("GLASSDOME_API_KEYS", "secret-number-one:ro,secret:rw"),
        ("GLASSDOME_TRUSTED_PROXIES", "172.22.1.0/24,nginx"),
        ("GLASSDOME_API_KEYS", "secret-number-one:ro:| "),
    ],
)
def test_a_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """The sentence begins with the variable."""
    monkeypatch.setenv(name, value)

    with pytest.raises(ConfigError) as caught:
        Settings()

    assert caught.value.public_message.startswith(f"{name}: ")
    assert "secret" not in caught.value.public_message


def test_engine_default_follows_the_ollama_host() -> None:
    """No engine named: ollama where OLLAMA_HOST is set, else builtin."""
    assert Settings().engine_name == "builtin"
    assert Settings(ollama_host="gpu:11434").engine_name == "ollama"
    assert Settings(ollama_host="gpu", engine="builtin").engine_name == "builtin"


def test_secrets_do_not_print() -> None:
    """The representation of the settings shows no secret."""
    shown = repr(Settings(mailcow_api_key="K-123-SECRET", mail_api_pw="pw-SECRET", api_keys="a-long-k-SECRET:rw"))

    assert "SECRET" not in shown


def test_misspelt_variables_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the environment and of `.env`, the latter with its line; what other programs read there is theirs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GLASSDOME_ENGIN", "ollama")
    Path(".env").write_text(
        "# mailcow's own\nMAILCOW_HOSTNAME=mail.example.org\nMAILCOW_PASS_SCHEME=BLF-CRYPT\nGLASSDOME_DBUSER=llm\n"
        "OLLAMA_MODELS=/var/lib/ollama\n\nLLM_BATCHSIZE=5\nexport GLASSDOME_CHEESE=1\n"
    )

    assert misspelt_names() == {
        "GLASSDOME_CHEESE": ".env:8",
        "GLASSDOME_ENGIN": "the environment; did you mean GLASSDOME_ENGINE?",
        "LLM_BATCHSIZE": ".env:7; did you mean LLM_BATCH_SIZE?",
    }


def test_a_wrong_line_of_the_env_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its line, also where config.yml says the same."""
    monkeypatch.chdir(tmp_path)
    Path(".env").write_text("MAILCOW_DOMAIN=x.org\n\n# batches\nLLM_BATCH_SIZE=many\n")
    config = tmp_path / "config.yml"
    config.write_text("processing:\n  batch_size: 5\n")

    with pytest.raises(ConfigError) as caught:
        Settings(config_path=config)

    assert caught.value.public_message.startswith(".env:4: LLM_BATCH_SIZE: ")


def test_an_env_file_that_cannot_be_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one sentence."""
    monkeypatch.chdir(tmp_path)
    Path(".env").write_bytes(b"MAILCOW_DOMAIN=\xfcber.example\n")

    with pytest.raises(ConfigError, match=r"^\.env cannot be read: .*UTF-8"):
        Settings()


def test_a_wrong_value_of_the_table_is_named() -> None:
    """As the table's, whatever else knows the setting."""
    with pytest.raises(ConfigError, match=r"^llm_config: concurrent_jobs: "):
        Settings().with_table({"concurrent_jobs": "many"})


def test_a_section_that_is_all_comments_says_nothing(tmp_path: Path) -> None:
    """People put a hash before a line, and leave its heading."""
    config = tmp_path / "config.yml"
    config.write_text("ollama:\n#  model: x\nprocessing:\n  batch_size: 5\n")

    settings = Settings(config_path=config)

    assert (settings.llm_batch_size, settings.ollama_model) == (5, "llama3.2:3b")


def test_every_field_has_a_description_and_an_upper_case_name() -> None:
    """The reference page is generated from these."""
    for name, field in Settings.model_fields.items():
        assert field.description
        assert env_name(name).isupper()


def test_the_mail_servers_older_names_still_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A `MAILCOW_` name is read where the newer one is not there; `.env` never wins over the environment."""
    monkeypatch.setenv("MAILCOW_IMAP_HOST", "old.example.org")
    monkeypatch.setenv("MAILCOW_SMTP_HOST", "old-smtp.example.org")
    monkeypatch.setenv("GLASSDOME_SMTP_HOST", "smtp.example.org")
    Path(".env").write_text("GLASSDOME_IMAP_HOST=file.example.org\nMAILCOW_CA_FILE=ca.pem\nMAILCOW_SMTP_PORT=2525\n")

    settings = Settings()

    assert (settings.imap_host, settings.smtp_host) == ("old.example.org", "smtp.example.org")
    assert (settings.mailcow_ca_file, settings.smtp_port) == (Path("ca.pem"), 2525)
    origins = settings.origins()
    assert origins["mailcow_imap_host"] == "environment MAILCOW_IMAP_HOST"
    assert origins["mailcow_smtp_host"] == "environment GLASSDOME_SMTP_HOST"
    assert origins["mailcow_ca_file"] == ".env"
    assert misspelt_names() == {}


def test_a_wrong_older_name_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence has the variable that was written."""
    monkeypatch.setenv("MAILCOW_IMAP_PORT", "99999")

    with pytest.raises(ConfigError) as caught:
        Settings()

    assert caught.value.public_message.startswith("MAILCOW_IMAP_PORT: ")


@pytest.mark.parametrize(
    ("given", "imap", "smtp"),
    [
        ({}, (993, True), (587, False)),
        ({"mailcow_imap_port": 143, "mailcow_smtp_port": 465}, (143, False), (465, True)),
        ({"imap_tls": "starttls", "smtp_tls": "implicit"}, (143, False), (465, True)),
        ({"imap_tls": "implicit", "mailcow_imap_port": 10993}, (10993, True), (587, False)),
        ({"imap_tls": "starttls", "mailcow_imap_port": 993}, (993, False), (587, False)),
        ({"smtp_tls": "implicit", "mailcow_smtp_port": 2465}, (993, True), (2465, True)),
    ],
)
def test_how_tls_begins(given: dict[str, Any], imap: tuple[int, bool], smtp: tuple[int, bool]) -> None:
    """The mode decides where it is set, else the port; without a port the usual one of the mode."""
    settings = Settings(**given)

    assert (settings.imap_port, settings.imap_implicit) == imap
    assert (settings.smtp_port, settings.smtp_implicit) == smtp


@pytest.mark.parametrize(
    ("entry", "address", "login", "password"),
    [
        ("Ann@Example.org", "ann@example.org", "", None),
        ("ann@example.org:pa:ss=word", "ann@example.org", "", "pa:ss=word"),
        ("ann@example.org=ann:secret", "ann@example.org", "ann", "secret"),
        ("ann@example.org=CORP\\ann:secret", "ann@example.org", "CORP\\ann", "secret"),
        ("ann@example.org=ann", "ann@example.org", "ann", None),
        ("a=b@example.org=login:pw", "a=b@example.org", "login", "pw"),
    ],
)
def test_entries_of_mailboxes(entry: str, address: str, login: str, password: str | None) -> None:
    """An address, with a login of its own and a password where given."""
    found = read_mailboxes(entry)[0]

    assert (found.address, found.login) == (address, login)
    assert (found.password and found.password.get_secret_value()) == password


def test_variables_of_other_programs_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting is read by its own names, in any case, and not by the name that the field has in Python."""
    monkeypatch.setenv("DATABASE_URL", "sqlite:////nowhere/other.db")
    monkeypatch.setenv("imap_tls", "starttls")
    Path(".env").write_text("MODEL=theirs\nLOG_LEVEL=DEBUG\nglassdome_opt_in_tag=ours\n")

    settings = Settings()

    assert (settings.database_url, settings.imap_tls, settings.log_level) == (None, None, "INFO")
    assert settings.model != "theirs"
    assert settings.opt_in_tag == "ours"
