"""The settings of the language model and of how fast mail is judged, as the second seed names them; part of `Settings`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import SecretStr, field_validator
from pydantic_settings import BaseSettings

from glassdome.core.config.checks import engine_plugins, parse_weights
from glassdome.core.config.field import checked_by, parts_of, setting
from glassdome.core.config.places import check_model_hosts, key_belongs, refused_places

__all__ = ["ENGINES", "SKIP_POLICIES", "ModelSettings"]

#: When no model call is made; `engine.gate` says what each means.
SKIP_POLICIES: Final = ("repeat", "bulk", "known", "certain")
#: The engines that are shipped; plugins add others.
ENGINES: Final = ("builtin", "ollama", "openai", "llamacpp")


class ModelSettings(BaseSettings):
    """The model that reads the mail, and how much of it at a time."""

    ollama_host: str | None = setting(
        "OLLAMA_HOST", None, "Ollama host or hosts, comma-separated: host, host:port or URL", live=True
    )
    ollama_model: str = setting("OLLAMA_MODEL", "llama3.2:3b", "Model that Ollama runs", min_length=1, live=True)
    ollama_num_ctx: int = setting(
        "OLLAMA_NUM_CTX", 8192, "Context length asked of Ollama, tokens", ge=2048, le=262_144, live=True
    )
    ollama_keep_alive: str = setting("OLLAMA_KEEP_ALIVE", "30m", "How long Ollama keeps the model loaded", live=True)
    llm_processing_interval: float = setting(
        "LLM_PROCESSING_INTERVAL", 60.0, "Seconds between polls of all mailboxes", ge=1, le=86_400, live=True
    )
    llm_batch_size: int = setting("LLM_BATCH_SIZE", 10, "Jobs a worker claims at once", ge=1, le=500, live=True)
    max_email_size: int = setting(
        "GLASSDOME_MAX_EMAIL_SIZE",
        6000,
        "Characters of a mail's text given to the model",
        ge=200,
        le=200_000,
        live=True,
    )
    concurrent_jobs: int = setting(
        "GLASSDOME_CONCURRENT_JOBS", 2, "Mails analysed at the same time by one worker", ge=1, le=256, live=True
    )
    engine: str | None = setting(
        "GLASSDOME_ENGINE",
        None,
        "builtin, ollama, openai, llamacpp, or a plugin's name; unset: ollama where OLLAMA_HOST is set, else builtin",
        live=True,
    )
    engine_skip: str = setting(
        "GLASSDOME_ENGINE_SKIP",
        "repeat",
        "When no model call is made: any of repeat, bulk, known, certain, comma-separated, or none",
        live=True,
    )
    engine_drafts: bool = setting(
        "GLASSDOME_ENGINE_DRAFTS", False, "Write reply drafts, in a second model call", live=True
    )
    openai_url: str | None = setting(
        "GLASSDOME_OPENAI_URL", None, "Base URL of an OpenAI-compatible server, such as http://host:8000/v1", live=True
    )
    openai_key: SecretStr | None = setting(
        "GLASSDOME_OPENAI_KEY",
        None,
        "Its key, where it wants one; sent only to the URL that environment or config.yml give",
        live=True,
    )
    model_hosts: Annotated[str, checked_by(check_model_hosts)] = setting(
        "GLASSDOME_MODEL_HOSTS",
        "",
        "Hosts, comma-separated, that the API and the web UI may choose for OLLAMA_HOST and GLASSDOME_OPENAI_URL: host"
        " or host:port; environment and config.yml may name any",
        live=True,
    )
    model_ca_file: Path | None = setting(
        "GLASSDOME_MODEL_CA_FILE",
        None,
        "PEM file of a private certificate authority, for model servers; it replaces the system's authorities",
        live=True,
    )
    model_cert_file: Path | None = setting(
        "GLASSDOME_MODEL_CERT_FILE",
        None,
        "PEM file of the client certificate shown to model servers (mutual TLS), with its chain",
        live=True,
    )
    model_key_file: Path | None = setting(
        "GLASSDOME_MODEL_KEY_FILE",
        None,
        "PEM file of its key, without a passphrase; unset: in the same file",
        live=True,
    )
    model: str | None = setting(
        "GLASSDOME_MODEL", None, "Model of the OpenAI-compatible server, or the path of a GGUF file", live=True
    )
    model_timeout: float = setting(
        "GLASSDOME_MODEL_TIMEOUT", 300.0, "Seconds one model answer may take", ge=1, le=3600, live=True
    )
    model_silence: float = setting(
        "GLASSDOME_MODEL_SILENCE",
        60.0,
        "Seconds without a word after which an answer that has begun is given up",
        ge=1,
        le=3600,
        live=True,
    )
    model_tries: int = setting(
        "GLASSDOME_MODEL_TRIES",
        3,
        "How often one mail is shown to a model that takes too long or breaks; then the built-in verdict stands",
        ge=1,
        le=100,
        live=True,
    )
    model_answer_tokens: int = setting(
        "GLASSDOME_MODEL_ANSWER_TOKENS",
        900,
        "Tokens that one answer may have; more for a model that thinks before it answers",
        ge=200,
        le=32_000,
        live=True,
    )
    model_temperature: float = setting(
        "GLASSDOME_MODEL_TEMPERATURE",
        0.0,
        "Temperature of the model's answers; 0 gives the same mail the same answer",
        ge=0,
        le=2,
        live=True,
    )
    model_threads: int | None = setting(
        "GLASSDOME_MODEL_THREADS",
        None,
        "Threads of the model inside Glassdome (llamacpp); unset: half the machine's, as llama.cpp chooses",
        ge=1,
        le=1024,
        live=True,
    )
    model_concurrency: int | None = setting(
        "GLASSDOME_MODEL_CONCURRENCY",
        None,
        "Requests a model server handles at the same time; unset: learned",
        ge=1,
        le=1024,
        live=True,
    )

    text_model: Path | None = setting(
        "GLASSDOME_TEXT_MODEL", None, "Text classifier made by glassdome train, instead of the one that is shipped"
    )

    plugins_off: str = setting(
        "GLASSDOME_PLUGINS_OFF", "", "Installed plugins that are not loaded, by name, comma-separated, or all"
    )
    plugin_weights: Annotated[str, checked_by(parse_weights)] = setting(
        "GLASSDOME_PLUGIN_WEIGHTS",
        "",
        "What signals of plugins are worth for phishing, in log-odds from -10 to 10: name=1.5, comma-separated; one that"
        " is not named is shown and worth nothing",
    )

    _base: Self | None = None

    @property
    def model_key(self) -> str:
        """The key of the OpenAI-compatible server; empty where the URL is not the one that the key was set for."""
        set_for = (self._base or self).openai_url
        return self.openai_key.get_secret_value() if self.openai_key and key_belongs(set_for, self.openai_url) else ""

    @property
    def plugins_off_names(self) -> frozenset[str]:
        """The names of the plugins that are switched off; `all` stands for every one."""
        return frozenset(parts_of(self.plugins_off))

    @property
    def plugin_weight_values(self) -> dict[str, float]:
        """The weights of plugins' signals by name, in log-odds."""
        return parse_weights(self.plugin_weights)

    def refused(self, table: Mapping[str, str]) -> dict[str, str]:
        """Return which values of an `llm_config` table are not followed, each with the reason."""
        return refused_places(self._base or self, table)

    @field_validator("engine")
    @classmethod
    def _is_engine(cls, value: str | None) -> str | None:
        if value is not None and value not in ENGINES and value not in engine_plugins():
            raise ValueError(f"must be {', '.join(ENGINES)} or the name of an installed plugin")
        return value

    @field_validator("engine_skip")
    @classmethod
    def _are_policies(cls, value: str) -> str:
        unknown = sorted({word.lower() for word in parts_of(value)} - {*SKIP_POLICIES, "none"})
        if unknown:
            raise ValueError(f"{', '.join(unknown)} is unknown; choose from {', '.join(SKIP_POLICIES)} or none")
        return value
