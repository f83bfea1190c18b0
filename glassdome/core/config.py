"""Settings: the one place that reads the environment.

Precedence: argument > environment > `.env` > `llm_config` table > config.yml > default. `Settings()` knows all but
the table; `Settings.with_table` overlays it (called by bootstrap). `origins` says where each value came from.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AliasChoices, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from glassdome.core.config_agent import AgentSettings
from glassdome.core.config_field import named
from glassdome.core.config_file import KEYS, FileValue, read_config_file
from glassdome.core.errors import ConfigError

__all__ = ["EngineName", "Settings", "env_name", "environment_with", "unset_environment_names"]

EngineName = Literal["builtin", "ollama", "openai", "llamacpp"]
DEFAULT_CONFIG = Path("data/conf/llm/config.yml")


class Settings(AgentSettings):
    """Everything a person may configure."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        extra="ignore",
        populate_by_name=True,
        frozen=True,
        env_ignore_empty=True,
    )

    # -- mailcow, as the first seed names them
    mailcow_api_url: str | None = named(
        "MAILCOW_API_URL", None, "Base URL of mailcow, such as https://mail.example.org"
    )
    mailcow_api_key: SecretStr | None = named("MAILCOW_API_KEY", None, "mailcow API key (X-API-Key)")
    mail_api_uid: str | None = named("MAIL_API_UID", None, "User name for a proxy that wants Basic authentication")
    mail_api_pw: SecretStr | None = named("MAIL_API_PW", None, "Password for a proxy that wants Basic authentication")
    mailcow_domain: str | None = named("MAILCOW_DOMAIN", None, "Domain of the agent's mailboxes")
    mailcow_ca_file: Path | None = named("MAILCOW_CA_FILE", None, "PEM file of a private certificate authority")
    mailcow_server_name: str | None = named(
        "MAILCOW_SERVER_NAME", None, "Name in the certificate, where it is not the host name connected to"
    )
    mailcow_imap_host: str | None = named("MAILCOW_IMAP_HOST", None, "IMAP host; default: the API URL's host")
    mailcow_imap_port: int = named(
        "MAILCOW_IMAP_PORT", 993, "993 speaks TLS at once, any other port STARTTLS", ge=1, le=65535
    )
    mailcow_smtp_host: str | None = named("MAILCOW_SMTP_HOST", None, "SMTP host; default: the API URL's host")
    mailcow_smtp_port: int = named(
        "MAILCOW_SMTP_PORT", 587, "465 speaks TLS at once, any other port STARTTLS", ge=1, le=65535
    )
    insecure_hosts: str = named(
        "GLASSDOME_INSECURE_HOSTS",
        "",
        "Hosts, comma-separated, whose certificate is not checked (logged at each start)",
    )

    # -- language model, as the second seed names them
    ollama_host: str | None = named(
        "OLLAMA_HOST", None, "Ollama host or hosts, comma-separated: host, host:port or URL"
    )
    ollama_model: str = named("OLLAMA_MODEL", "llama3.2:3b", "Model that Ollama runs", min_length=1)
    ollama_num_ctx: int = named("OLLAMA_NUM_CTX", 8192, "Context length asked of Ollama, tokens", ge=2048, le=262_144)
    ollama_keep_alive: str = named("OLLAMA_KEEP_ALIVE", "30m", "How long Ollama keeps the model loaded")
    llm_processing_interval: float = named(
        "LLM_PROCESSING_INTERVAL", 60.0, "Seconds between sweeps over all mailboxes", ge=1, le=86_400
    )
    llm_batch_size: int = named("LLM_BATCH_SIZE", 10, "Jobs a worker claims at once", ge=1, le=500)
    max_email_size: int = named(
        "GLASSDOME_MAX_EMAIL_SIZE", 6000, "Characters of a mail's text given to the model", ge=200, le=200_000
    )
    concurrent_jobs: int = named(
        "GLASSDOME_CONCURRENT_JOBS", 2, "Mails analysed at the same time by one worker", ge=1, le=256
    )
    engine: EngineName | None = named(
        "GLASSDOME_ENGINE",
        None,
        "builtin, ollama, openai or llamacpp; unset: ollama where OLLAMA_HOST is set, else builtin",
    )
    engine_skip: str = named(
        "GLASSDOME_ENGINE_SKIP",
        "repeat",
        "When no model call is made: any of repeat, bulk, known, certain, comma-separated, or none",
    )
    engine_drafts: bool = named("GLASSDOME_ENGINE_DRAFTS", False, "Write reply drafts, in a second model call")
    openai_url: str | None = named(
        "GLASSDOME_OPENAI_URL", None, "Base URL of an OpenAI-compatible server, such as http://host:8000/v1"
    )
    openai_key: SecretStr | None = named("GLASSDOME_OPENAI_KEY", None, "Its key, where it wants one")
    model: str | None = named(
        "GLASSDOME_MODEL", None, "Model of the OpenAI-compatible server, or the path of a GGUF file"
    )
    model_timeout: float = named("GLASSDOME_MODEL_TIMEOUT", 120.0, "Seconds one model answer may take", ge=1, le=3600)
    model_concurrency: int | None = named(
        "GLASSDOME_MODEL_CONCURRENCY",
        None,
        "Requests a model server handles at the same time; unset: learned",
        ge=1,
        le=1024,
    )

    text_model: Path | None = named(
        "GLASSDOME_TEXT_MODEL", None, "Text classifier made by glassdome train, instead of the one that is shipped"
    )

    # -- Glassdome itself
    database_url: str | None = named(
        "GLASSDOME_DATABASE_URL", None, "sqlite:///path or mysql://user:password@host/database"
    )
    data_dir: Path = named("GLASSDOME_DATA_DIR", Path("data"), "Folder for the database, the key file and downloads")
    rules_path: Path = named(
        "GLASSDOME_RULES",
        Path("data/conf/llm/rules.toml"),
        "Owners' rules for categories and priority, read again when it changes; none where there is no such file",
    )
    config_path: Path | None = named("GLASSDOME_CONFIG", None, "Configuration file; default: data/conf/llm/config.yml")
    api_keys: SecretStr = named(
        "GLASSDOME_API_KEYS",
        SecretStr(""),
        "API keys: key:rw,key:ro; a third part limits a key to mailboxes or domains",
    )
    secret_key: SecretStr | None = named("GLASSDOME_SECRET_KEY", None, "Fernet key for stored passwords")
    secret_key_file: Path | None = named(
        "GLASSDOME_SECRET_KEY_FILE", None, "File with that key; default: <data dir>/secret.key"
    )
    push_secret: SecretStr | None = named("GLASSDOME_PUSH_SECRET", None, "Shared secret of Dovecot's push notification")
    proxy_secret: SecretStr | None = named(
        "GLASSDOME_PROXY_SECRET", None, "Shared secret of the nginx in front, which checks mailcow's keys"
    )
    rspamd_url: str | None = named(
        "GLASSDOME_RSPAMD_URL",
        None,
        "Rspamd's controller, which learns from corrections: http://rspamd:11334 or unix:/path; unset: it learns nothing",
    )
    rspamd_password: SecretStr | None = named("GLASSDOME_RSPAMD_PASSWORD", None, "The controller's password, by http")
    imap_master_user: str | None = named(
        "GLASSDOME_IMAP_MASTER_USER", None, "Dovecot master user, such as master@mailcow.local"
    )
    imap_master_password: SecretStr | None = named("GLASSDOME_IMAP_MASTER_PASSWORD", None, "Its password")
    mailboxes: str = named(
        "GLASSDOME_MAILBOXES",
        "",
        "Mailboxes chosen for analysis: a@example.org or a@example.org:password, comma-separated",
    )
    authserv_id: str = named(
        "GLASSDOME_AUTHSERV_ID",
        "",
        "authserv-id of your own server in Authentication-Results, comma-separated",
    )
    backfill_per_hour: int = named("GLASSDOME_BACKFILL_PER_HOUR", 600, "Old messages analysed per hour, at most", ge=1)
    retention_days: int = named("GLASSDOME_RETENTION_DAYS", 0, "Days an analysis is kept; 0 keeps it", ge=0)
    api_rate_per_minute: int = named(
        "GLASSDOME_API_RATE_PER_MINUTE", 600, "Requests one API key may make in a minute", ge=1
    )
    reprocess: bool = named(
        "GLASSDOME_REPROCESS", False, "Analyse old mail again after a change of model or prompt, at the backfill's pace"
    )
    domains: str = named(
        "GLASSDOME_DOMAINS",
        "",
        "Domains, comma-separated, whose every mailbox in mailcow is chosen; needs MAILCOW_API_KEY",
    )
    opt_in_tag: str = named(
        "GLASSDOME_OPT_IN_TAG", "llm", "mailcow tag of a mailbox or domain whose mail is analysed; empty: none"
    )
    opt_in_attribute: str = named(
        "GLASSDOME_OPT_IN_ATTRIBUTE", "llm_enabled", "mailcow custom attribute of a mailbox: 1 opts in, 0 opts out"
    )
    open_docs: bool = named("GLASSDOME_OPEN_DOCS", False, "Serve /docs, /openapi.json and /metrics without a key")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = named(
        "GLASSDOME_LOG_LEVEL", "INFO", "Least severe level that is logged"
    )
    log_file: Path | None = named(
        "GLASSDOME_LOG_FILE", None, "Rotating log file, such as /var/log/llm-processor/processor.log"
    )
    log_json: bool = named("GLASSDOME_LOG_JSON", False, "Log JSON lines to the terminal")

    def __init__(self, **values: Any) -> None:
        """Read every source; raises ConfigError naming the setting, its origin and what is allowed."""
        try:
            super().__init__(**values)
        except ValidationError as exc:
            raise ConfigError(_explain(exc, type(self)._file_values(values))) from exc
        object.__setattr__(self, "_argument_names", frozenset(values) & type(self).model_fields.keys())

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Put config.yml behind the environment and `.env`."""
        return init_settings, env_settings, dotenv_settings, _ConfigFileSource(settings_cls, init_settings)

    @classmethod
    def _file_values(cls, values: Mapping[str, Any]) -> dict[str, FileValue]:
        named = values.get("config_path") or values.get("GLASSDOME_CONFIG") or os.environ.get("GLASSDOME_CONFIG")
        path = Path(named) if named else DEFAULT_CONFIG
        if not named and not path.is_file():
            return {}
        return read_config_file(path)

    @field_validator("mailcow_api_url", "openai_url")
    @classmethod
    def _is_url(cls, value: str | None) -> str | None:
        if value is not None and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname):
            raise ValueError("must be a URL such as https://mail.example.org")
        return value.rstrip("/") if value else None

    @field_validator("database_url")
    @classmethod
    def _is_database(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("sqlite:///", "mysql://", "mariadb://")):
            raise ValueError("must start with sqlite:/// or mysql://")
        return value

    # -- what follows from the settings

    @property
    def engine_name(self) -> EngineName:
        """The engine chosen, or the default: `ollama` where OLLAMA_HOST is set, else `builtin`."""
        return self.engine or ("ollama" if self.ollama_host else "builtin")

    @property
    def imap_host(self) -> str | None:
        """The IMAP host, by default that of the API URL."""
        return self.mailcow_imap_host or self._api_host

    @property
    def smtp_host(self) -> str | None:
        """The submission host, by default that of the API URL."""
        return self.mailcow_smtp_host or self._api_host

    @property
    def _api_host(self) -> str | None:
        return urlsplit(self.mailcow_api_url).hostname if self.mailcow_api_url else None

    @property
    def database(self) -> str:
        """The database URL, by default a SQLite file in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir / 'glassdome.db'}"

    @property
    def key_file(self) -> Path:
        """Where the key for stored passwords lies when the environment gives none."""
        return self.secret_key_file or self.data_dir / "secret.key"

    @property
    def authserv_ids(self) -> frozenset[str]:
        """The authserv-ids (RFC 8601 2.5) whose Authentication-Results are believed, in lower case."""
        return frozenset(_parts(self.authserv_id.lower()))

    @property
    def domain_names(self) -> frozenset[str]:
        """The domains whose every mailbox is chosen, in lower case."""
        return frozenset(_parts(self.domains.lower()))

    @property
    def insecure_host_names(self) -> frozenset[str]:
        """Hosts for which certificate checks are switched off."""
        return frozenset(_parts(self.insecure_hosts.lower()))

    # -- origins

    def with_table(self, table: Mapping[str, str]) -> Self:
        """Return the settings with the `llm_config` table (field name -> text) overlaid at its rank.

        Raises ConfigError when a stored value is not allowed.
        """
        pinned = self.pinned()
        overlay = {k: v for k, v in table.items() if k in type(self).model_fields and k not in pinned}
        if not overlay:
            return self
        merged = type(self)(**(self._given() | overlay))
        object.__setattr__(merged, "_table_names", frozenset(overlay))
        object.__setattr__(merged, "_argument_names", getattr(self, "_argument_names", frozenset()))
        return merged

    _table_names: frozenset[str] = frozenset()
    _argument_names: frozenset[str] = frozenset()

    def _given(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self._argument_names}

    def pinned(self) -> dict[str, str]:
        """Return the fields that an argument, the environment or `.env` fixes, with what fixes each."""
        found = dict.fromkeys(_dotenv_fields(), ".env")
        found |= {name: f"environment {env_name(name)}" for name in _environment_fields()}
        return found | dict.fromkeys(self._argument_names, "argument")

    def origins(self) -> dict[str, str]:
        """Return where each value came from: `argument`, `environment NAME`, `.env`, `llm_config`, `file:line`, `default`."""
        found = dict.fromkeys(type(self).model_fields, "default")
        found |= {k: v.place for k, v in type(self)._file_values({"config_path": self.config_path}).items()}
        found |= dict.fromkeys(self._table_names, "llm_config")
        return found | self.pinned()


class _ConfigFileSource(PydanticBaseSettingsSource):
    """Feeds the values of config.yml to pydantic."""

    def __init__(self, settings_cls: type[BaseSettings], init: PydanticBaseSettingsSource) -> None:
        super().__init__(settings_cls)
        self._init = init

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        """Unused: `__call__` gives all values at once."""
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        """Return field name -> value."""
        found = Settings._file_values(self._init())
        return {name: value.value for name, value in found.items()}


def env_name(field: str) -> str:
    """Return the environment name of a field."""
    alias = Settings.model_fields[field].validation_alias
    assert isinstance(alias, AliasChoices)
    return str(alias.choices[0])


def environment_with(extra: Mapping[str, str]) -> dict[str, str]:
    """Return this process's environment with some variables more, for a program that we start."""
    return {**os.environ, **extra}


def _environment_fields() -> set[str]:
    present = {name.upper() for name, value in os.environ.items() if value}
    return {f for f in Settings.model_fields if env_name(f) in present}


def _dotenv_fields() -> set[str]:
    path = Path(str(Settings.model_config.get("env_file") or ".env"))
    if not path.is_file():
        return set()
    from dotenv import dotenv_values

    present = {name.upper() for name, value in dotenv_values(path).items() if value}
    return {f for f in Settings.model_fields if env_name(f) in present} - _environment_fields()


def unset_environment_names() -> list[str]:
    """Return our variables in the environment that no setting reads: most likely typing errors."""
    known = {env_name(f) for f in Settings.model_fields}
    return sorted(n for n in os.environ if n.startswith("GLASSDOME_") and n not in known)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _explain(exc: ValidationError, file: Mapping[str, FileValue]) -> str:
    sentences = []
    for error in exc.errors(include_url=False, include_input=False):
        raw = str(error["loc"][0]) if error["loc"] else "settings"
        field = next((f for f in Settings.model_fields if raw in (f, env_name(f))), raw)
        dotted = next((k for k, f in KEYS.items() if f == field), "")
        place = (
            f"{file[field].place}: {dotted}"
            if field in file and field not in _environment_fields()
            else env_name(field)
        )
        sentences.append(f"{place}: {error['msg']}.")
    return " ".join(sentences)
