"""Model servers behind a real nginx with a private authority that asks for a client certificate (mutual TLS)."""

from __future__ import annotations

import asyncio
import re
import textwrap
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import trustme

from glassdome.bootstrap.models import Model, language_model
from glassdome.core.config import Settings
from glassdome.core.errors import ConfigError, ModelUnavailable
from glassdome.ports.model import Prompt
from tests.servers.nginx import Nginx
from tests.servers.ollama_server import OllamaServer
from tests.servers.openai_server import OpenAiTestServer
from tests.servers.process import free_port

PAGE = Path(__file__).resolve().parents[3] / "docs" / "howto" / "external-ollama.md"
ENGINES = ("ollama", "openai")


@dataclass(frozen=True, kw_only=True)
class Pki:
    """One private authority, what it signed, and a client that a stranger signed."""

    ca: Path
    server: Path
    client: Path
    client_key: Path
    stranger: Path
    stranger_ca: Path


@pytest.fixture(scope="session")
def pki(server_folder: Path) -> Pki:
    """Make all of it."""
    folder = server_folder / "pki"
    folder.mkdir()
    authority, other = trustme.CA(), trustme.CA()
    made = Pki(
        ca=folder / "ca.pem",
        server=folder / "server.pem",
        client=folder / "client.crt",
        client_key=folder / "client.key",
        stranger=folder / "stranger.pem",
        stranger_ca=folder / "stranger-ca.pem",
    )
    authority.cert_pem.write_to_path(str(made.ca))
    other.cert_pem.write_to_path(str(made.stranger_ca))
    authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(str(made.server))
    client = authority.issue_cert("glassdome.example.org")
    client.cert_chain_pems[0].write_to_path(str(made.client))
    client.private_key_pem.write_to_path(str(made.client_key))
    other.issue_cert("glassdome.example.org").private_key_and_cert_chain_pem.write_to_path(str(made.stranger))
    for file in folder.iterdir():
        file.chmod(0o644)
    return made


@asynccontextmanager
async def behind_nginx(folder: Path, pki: Pki, behind: str) -> AsyncIterator[str]:
    """Run nginx with the lines of the page for client certificates; yield its URL."""
    port, page = free_port(), await asyncio.to_thread(PAGE.read_text)
    found = re.search(r"^ +ssl_client_certificate .*\n +ssl_verify_client .*\n", page, re.MULTILINE)
    assert found is not None
    asks = textwrap.dedent(found[0]).replace("/etc/nginx/glassdome-ca.pem", str(pki.ca))
    assert str(pki.ca) in asks
    block = f"""server {{
  listen 127.0.0.1:{port} ssl;
  ssl_certificate {pki.server};
  ssl_certificate_key {pki.server};
  {asks}
  location / {{ proxy_pass {behind}; proxy_set_header Host localhost; proxy_buffering off; }}
}}"""
    nginx = Nginx(folder / f"mtls{port}", "", servers=block)
    await asyncio.to_thread(nginx.start)
    try:
        yield f"https://localhost:{port}"
    finally:
        await asyncio.to_thread(nginx.stop)


@asynccontextmanager
async def served(engine: str, folder: Path, pki: Pki) -> AsyncIterator[dict[str, Any]]:
    """Yield the settings of a model server behind nginx, without those of TLS."""
    server = OllamaServer() if engine == "ollama" else OpenAiTestServer()
    async with server, behind_nginx(folder, pki, server.url.removesuffix("/v1")) as url:
        place = {"ollama_host": url} if engine == "ollama" else {"openai_url": f"{url}/v1"}
        yield {"engine": engine} | place


async def model_of(settings: dict[str, Any]) -> Model:
    """Return the model that the settings name."""

    def make() -> Model:
        model = language_model(Settings(**settings))
        assert model is not None
        return model

    return await asyncio.to_thread(make)


@pytest.mark.parametrize("engine", ENGINES)
async def test_a_private_authority_and_a_client_certificate(engine: str, server_folder: Path, pki: Pki) -> None:
    """Both clients read the model's facts, and an answer, through nginx that asks for a certificate."""
    async with served(engine, server_folder, pki) as place:
        tls = {"model_ca_file": pki.ca, "model_cert_file": pki.client, "model_key_file": pki.client_key}
        model = await model_of(place | tls)
        try:
            facts = await model.facts()
            answer = await model.complete(
                Prompt(system="Judge.", user="Hello", schema={"type": "object"}, max_tokens=64)
            )
        finally:
            await model.aclose()

    assert facts.model
    assert answer.text


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("tls", "told"),
    [
        ({}, "comes from an unknown authority.*GLASSDOME_MODEL_CA_FILE"),
        ({"model_ca_file": "ca"}, "client certificate.*GLASSDOME_MODEL_CERT_FILE"),
        ({"model_ca_file": "ca", "model_cert_file": "stranger"}, "client certificate.*GLASSDOME_MODEL_CERT_FILE"),
        ({"model_ca_file": "stranger_ca"}, "comes from an unknown authority.*GLASSDOME_MODEL_CA_FILE"),
    ],
    ids=["nothing", "no certificate", "a stranger's", "another authority"],
)
async def test_what_is_missing_is_named(
    engine: str, tls: dict[str, str], told: str, server_folder: Path, pki: Pki
) -> None:
    """The sentence says which side refused, and the setting."""
    async with served(engine, server_folder, pki) as place:
        model = await model_of(place | {name: getattr(pki, file) for name, file in tls.items()})
        with pytest.raises(ModelUnavailable, match=told):
            await model.facts()
        await model.aclose()


async def test_files_that_do_not_fit_are_told_at_the_start(pki: Pki, tmp_path: Path) -> None:
    """A missing file, a key of another certificate, a key without a certificate."""
    for tls in (
        {"model_ca_file": tmp_path / "none.pem"},
        {"model_cert_file": pki.client, "model_key_file": pki.stranger},
        {"model_key_file": pki.client_key},
    ):
        with pytest.raises(ConfigError, match="GLASSDOME_MODEL_"):
            await model_of({"engine": "ollama", "ollama_host": "https://localhost:1"} | tls)
