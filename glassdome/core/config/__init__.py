"""Settings: the one place that reads the environment.

Precedence: argument > environment > `.env` > `llm_config` table > config.yml > default. `Settings()` knows all but
the table; `Settings.with_table` overlays it (called by bootstrap). `origins` says where each value came from.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AliasChoices, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from glassdome.core.config.agent import AgentSettings
from glassdome.core.config.checks import check_keys, http_url, read_mailboxes
from glassdome.core.config.dotenv import DotenvValue, read_dotenv
from glassdome.core.config.edge import EdgeSettings
from glassdome.core.config.env import ConfigFile, EnvFile, Environment
from glassdome.core.config.field import checked_by, parts_of, setting
from glassdome.core.config.file import KEYS, FileValue, read_config_file
from glassdome.core.config.files import FileSettings
from glassdome.core.config.mailcow import MailcowSettings
from glassdome.core.config.model import ModelSettings
from glassdome.core.config.places import EDITABLE
from glassdome.core.config.shown import ShownSettings
from glassdome.core.config.webhooks import WebhookSettings
from glassdome.core.errors import ConfigError
from glassdome.core.log import get_logger

__all__ = [
    "Settings",
    "env_name",
    "env_names",
    "is_live",
    "misspelt_names",
    "written_name",
]

#: Names that only the compose file reads; mailcow's `.env` holds them together with ours.
_COMPOSE_NAMES: Final = frozenset(
    f"GLASSDOME_{part}" for part in ("BIND", "CPUS", "DBNAME", "DBPASS", "DBUSER", "IMAGE", "MEMORY", "PULL_POLICY")
)
#: Names with this beginning may belong to other programs; only one that nearly equals ours counts as misspelt.
_SHARED_PREFIXES: Final = ("LLM_", "MAIL_API_", "MAILCOW_")
DEFAULT_CONFIG = Path("data/conf/llm/config.yml")
_log = get_logger(__name__)


class Settings(
    ModelSettings, MailcowSettings, AgentSettings, EdgeSettings, FileSettings, WebhookSettings, ShownSettings
):
    """Everything a person may configure."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        extra="ignore",
        populate_by_name=True,
        frozen=True,
        env_ignore_empty=True,
    )

    database_url: str | None = setting(
        "GLASSDOME_DATABASE_URL", None, "sqlite:///path or mysql://user:password@host/database"
    )
    data_dir: Path = setting("GLASSDOME_DATA_DIR", Path("data"), "Folder for the database, the key file and downloads")
    rules_path: Path = setting(
        "GLASSDOME_RULES",
        Path("data/conf/llm/rules.toml"),
        "Owners' rules for categories and priority, read again when it changes; none where there is no such file",
    )
    config_path: Path | None = setting(
        "GLASSDOME_CONFIG", None, "Configuration file; default: data/conf/llm/config.yml"
    )
    api_keys: SecretStr = setting(
        "GLASSDOME_API_KEYS",
        SecretStr(""),
        "API keys: key:rw,key:ro; a third part limits a key to mailboxes or domains",
        live=True,
    )
    secret_key: SecretStr | None = setting("GLASSDOME_SECRET_KEY", None, "Fernet key for stored passwords")
    secret_key_file: Path | None = setting(
        "GLASSDOME_SECRET_KEY_FILE", None, "File with that key; default: <data dir>/secret.key"
    )
    push_secret: SecretStr | None = setting(
        "GLASSDOME_PUSH_SECRET", None, "Shared secret of Dovecot's push notification", live=True
    )
    proxy_secret: SecretStr | None = setting(
        "GLASSDOME_PROXY_SECRET", None, "Shared secret of the nginx in front, which checks mailcow's keys", live=True
    )
    rspamd_url: str | None = setting(
        "GLASSDOME_RSPAMD_URL",
        None,
        "Rspamd's controller, which learns from corrections: http://rspamd:11334 or unix:/path; unset: it learns nothing",
    )
    rspamd_password: SecretStr | None = setting("GLASSDOME_RSPAMD_PASSWORD", None, "The controller's password, by http")
    imap_master_user: str | None = setting(
        "GLASSDOME_IMAP_MASTER_USER", None, "Dovecot master user, such as master@mailcow.local"
    )
    imap_master_password: SecretStr | None = setting("GLASSDOME_IMAP_MASTER_PASSWORD", None, "Its password")
    mailboxes: Annotated[str, checked_by(read_mailboxes)] = setting(
        "GLASSDOME_MAILBOXES",
        "",
        "Mailboxes chosen for analysis, comma-separated: a@example.org, a@example.org:password, or"
        " a@example.org=login:password where the login is not the address",
        live=True,
    )
    authserv_id: str = setting(
        "GLASSDOME_AUTHSERV_ID",
        "",
        "authserv-id of your own server in Authentication-Results, comma-separated",
        live=True,
    )
    backfill_per_hour: int = setting(
        "GLASSDOME_BACKFILL_PER_HOUR", 600, "Old messages analysed per hour, at most", ge=1, le=1_000_000, live=True
    )
    retention_days: int = setting(
        "GLASSDOME_RETENTION_DAYS", 0, "Days an analysis is kept; 0 keeps it", ge=0, le=36_500, live=True
    )
    api_rate_per_minute: int = setting(
        "GLASSDOME_API_RATE_PER_MINUTE", 600, "Requests one API key may make in a minute", ge=1, le=1_000_000, live=True
    )
    reprocess: bool = setting(
        "GLASSDOME_REPROCESS",
        False,
        "Analyse old mail again after a change of model or prompt, at the backfill's pace",
        live=True,
    )
    domains: str = setting(
        "GLASSDOME_DOMAINS",
        "",
        "Domains, comma-separated, whose every mailbox in mailcow is chosen; needs MAILCOW_API_KEY",
        live=True,
    )
    opt_in_tag: str = setting(
        "GLASSDOME_OPT_IN_TAG",
        "llm",
        "mailcow tag of a mailbox or domain whose mail is analysed; empty: none",
        live=True,
    )
    opt_in_attribute: str = setting(
        "GLASSDOME_OPT_IN_ATTRIBUTE",
        "llm_enabled",
        "mailcow custom attribute of a mailbox: 1 opts in, 0 opts out",
        live=True,
    )
    open_docs: bool = setting(
        "GLASSDOME_OPEN_DOCS", False, "Serve /docs, /openapi.json and /metrics without a key", live=True
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = setting(
        "GLASSDOME_LOG_LEVEL", "INFO", "Least severe level that is logged", live=True
    )
    log_file: Path | None = setting(
        "GLASSDOME_LOG_FILE", None, "Rotating log file, such as /var/log/llm-processor/processor.log"
    )
    log_json: bool = setting(
        "GLASSDOME_LOG_JSON", False, "Log JSON lines instead of readable ones; serve and worker write them to stdout"
    )

    def __init__(self, **values: Any) -> None:
        """Read every source; raises ConfigError naming the setting, its origin and the allowed values."""
        try:
            super().__init__(**values)
        except ValidationError as exc:
            raise ConfigError(_explain(exc, _places(values, type(self)._file_values(values)))) from exc
        except (OSError, UnicodeDecodeError) as exc:
            file = exc.filename if isinstance(exc, OSError) else ".env"
            raise ConfigError(f"{file} cannot be read: {exc}.", fix="Is it UTF-8, and may this user read it?") from exc
        object.__setattr__(self, "_argument_names", frozenset(values) & type(self).model_fields.keys())
        # Kept as they were read: a file that was changed since must not speak for the values in force.
        places = {name: found.place for name, found in type(self)._file_values(values).items()}
        object.__setattr__(self, "_file_places", places)
        object.__setattr__(self, "_pinned", _pinned_fields())

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
        file = ConfigFile(settings_cls, lambda: cls._file_values(init_settings()))
        return init_settings, Environment(settings_cls), EnvFile(settings_cls), file

    @classmethod
    def _file_values(cls, values: Mapping[str, Any]) -> dict[str, FileValue]:
        chosen = values.get("config_path") or values.get("GLASSDOME_CONFIG") or os.environ.get("GLASSDOME_CONFIG")
        path = Path(chosen) if chosen else DEFAULT_CONFIG
        if not chosen and not path.is_file():
            return {}
        return read_config_file(path)

    @field_validator("mailcow_api_url", "openai_url")
    @classmethod
    def _is_url(cls, value: str | None) -> str | None:
        return None if value is None else http_url(value)

    @field_validator("api_keys")
    @classmethod
    def _are_keys(cls, value: SecretStr) -> SecretStr:
        check_keys(value.get_secret_value())
        return value

    @field_validator("proxy_secret", "push_secret")
    @classmethod
    def _fits_a_header(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().isascii():
            raise ValueError("has characters outside ASCII, which no header can carry")
        return value

    @field_validator("database_url")
    @classmethod
    def _is_database(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("sqlite:///", "mysql://", "mariadb://")):
            raise ValueError("must start with sqlite:/// or mysql://")
        return value

    # -- what follows from the settings

    @property
    def engine_name(self) -> str:
        """The engine chosen, or the default: `ollama` where OLLAMA_HOST is set, else `builtin`."""
        return self.engine or ("ollama" if self.ollama_host else "builtin")

    @property
    def alert_mailbox(self) -> str | None:
        """The mailbox that owners are warned of phishing from, None where no warning can be sent."""
        return self.overseer_mailbox if self.smtp_host and self.overseer_mailbox else None

    @property
    def database(self) -> str:
        """The database URL, by default a SQLite file in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir / 'glassdome.db'}"

    @property
    def key_file(self) -> Path:
        """The file of the key for stored passwords, used if the environment gives no key."""
        return self.secret_key_file or self.data_dir / "secret.key"

    @property
    def authserv_ids(self) -> frozenset[str]:
        """The authserv-ids (RFC 8601 2.5) whose Authentication-Results are believed, in lower case."""
        return frozenset(parts_of(self.authserv_id.lower()))

    @property
    def domain_names(self) -> frozenset[str]:
        """The domains whose every mailbox is chosen, in lower case."""
        return frozenset(parts_of(self.domains.lower()))

    @property
    def insecure_host_names(self) -> frozenset[str]:
        """Hosts for which certificate checks are switched off."""
        return frozenset(parts_of(self.insecure_hosts.lower()))

    # -- origins

    def with_table(self, table: Mapping[str, str]) -> Self:
        """Return the settings with the `llm_config` table (field name -> text) overlaid at its rank.

        Raises ConfigError when a stored value is not allowed.
        """
        pinned = self.pinned()
        overlay = {k: v for k, v in table.items() if k in EDITABLE and k not in pinned}
        for name, why in self.refused(overlay).items():
            _log.warning("stored_setting_refused", setting=name, why=why)
            del overlay[name]
        if not overlay:
            return self
        try:
            merged = type(self)(**(self._given() | overlay))
        except ConfigError as exc:
            if not isinstance(exc.__cause__, ValidationError):
                raise
            places = {name: f"llm_config: {name}" for name in overlay}
            raise ConfigError(_explain(exc.__cause__, places)) from exc.__cause__
        object.__setattr__(merged, "_table_names", frozenset(overlay))
        object.__setattr__(merged, "_base", self._base or self)
        object.__setattr__(merged, "_argument_names", getattr(self, "_argument_names", frozenset()))
        return merged

    def again(self) -> Self:
        """Return the settings as environment, `.env` and config.yml say now; arguments stay. Raises ConfigError."""
        return type(self)(**self._given())

    _file_places: Mapping[str, str] = {}
    _pinned: Mapping[str, str] = {}
    _table_names: frozenset[str] = frozenset()
    _argument_names: frozenset[str] = frozenset()

    def _given(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self._argument_names}

    def pinned(self) -> dict[str, str]:
        """Return the fields that an argument, the environment or `.env` fixes, with what fixes each."""
        return dict(self._pinned) | dict.fromkeys(self._argument_names, "argument")

    def origins(self) -> dict[str, str]:
        """Return where each value came from: `argument`, `environment NAME`, `.env`, `llm_config`, `file:line`, `default`."""
        found = dict.fromkeys(type(self).model_fields, "default")
        found |= self._file_places
        found |= dict.fromkeys(self._table_names, "llm_config")
        return found | self.pinned()


def env_names(field: str) -> tuple[str, ...]:
    """Return the environment names of a field, the one that counts first in front."""
    alias = Settings.model_fields[field].validation_alias
    assert isinstance(alias, AliasChoices)
    return tuple(map(str, alias.choices))


def env_name(field: str) -> str:
    """Return the environment name of a field; it may have older ones besides."""
    return env_names(field)[0]


def written_name(field: str) -> str:
    """Return the name that a field has in the environment or `.env`, else its first one; reads a file."""
    return _environment_fields().get(field) or _dotenv_fields().get(field) or env_name(field)


def _named_in(names: Collection[str]) -> dict[str, str]:
    """Return field -> the first of its environment names that is among `names`."""
    found = {f: next((name for name in env_names(f) if name in names), "") for f in Settings.model_fields}
    return {field: name for field, name in found.items() if name}


def _environment_fields() -> dict[str, str]:
    return _named_in({name.upper() for name, value in os.environ.items() if value})


def _dotenv() -> dict[str, DotenvValue]:
    return read_dotenv(Path(str(Settings.model_config.get("env_file") or ".env")))


def _dotenv_fields() -> dict[str, str]:
    present = _named_in({name.upper() for name, found in _dotenv().items() if found.value})
    return {field: name for field, name in present.items() if field not in _environment_fields()}


def _pinned_fields() -> dict[str, str]:
    found = dict.fromkeys(_dotenv_fields(), ".env")
    return found | {field: f"environment {name}" for field, name in _environment_fields().items()}


def is_live(field: str) -> bool:
    """Return whether a running service follows a change of this setting."""
    extra = Settings.model_fields[field].json_schema_extra
    return isinstance(extra, dict) and bool(extra["live"])


def misspelt_names() -> dict[str, str]:
    """Return our variables that no setting reads, most likely typing errors: name -> where it stands and a guess."""
    known = {name for f in Settings.model_fields for name in env_names(f)} | _COMPOSE_NAMES
    places = {name: found.place for name, found in _dotenv().items()} | dict.fromkeys(os.environ, "the environment")
    found = {}
    for name in sorted(places.keys() - known):
        guess = next(iter(difflib.get_close_matches(name, known, n=1, cutoff=0.85)), "")
        if name.startswith("GLASSDOME_") or (guess and name.startswith(_SHARED_PREFIXES)):
            found[name] = places[name] + (f"; did you mean {guess}?" if guess else "")
    return found


def _places(given: Mapping[str, Any], file: Mapping[str, FileValue]) -> dict[str, str]:
    """Return field -> what an error begins with: where the value in force was written."""
    dotted = {field: key for key, field in KEYS.items()}
    places = {f: f"{found.place}: {dotted[f]}" for f, found in file.items()}
    lines = {name.upper(): found for name, found in _dotenv().items()}
    places |= {f: f"{lines[name].place}: {name}" for f, name in _dotenv_fields().items()}
    places |= {f: env_name(f) for f in given.keys() & Settings.model_fields.keys()}
    return places | _environment_fields()


def _explain(exc: ValidationError, places: Mapping[str, str]) -> str:
    sentences = []
    for error in exc.errors(include_url=False, include_input=False):
        raw = str(error["loc"][0]) if error["loc"] else "settings"
        field = next((f for f in Settings.model_fields if raw in (f, *env_names(f))), "")
        place = places.get(field) or (env_name(field) if field else raw)
        sentences.append(f"{place}: {error['msg'].removeprefix('Value error, ')}.")
    return " ".join(sentences)
