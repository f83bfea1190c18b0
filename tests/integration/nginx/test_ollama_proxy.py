"""The proxy of docs/howto/external-ollama.md, as it stands there, in a real nginx in front of an Ollama."""

from __future__ import annotations

import asyncio
import re
import ssl
import textwrap
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from glassdome.integrations.ollama.hosts import parse_hosts
from glassdome.integrations.ollama.model import OllamaModel
from tests.servers.certificates import Certificates
from tests.servers.nginx import Nginx
from tests.servers.ollama_server import OllamaServer
from tests.servers.process import free_port

PAGE = Path(__file__).resolve().parents[3] / "docs" / "howto" / "external-ollama.md"


@asynccontextmanager
async def proxied(
    folder: Path, certificates: Certificates, ollama: OllamaServer, *, allowed: str
) -> AsyncIterator[tuple[str, Nginx]]:
    """Run nginx with the page's block; only names, port and addresses are the test's own."""
    port = free_port()
    text = await asyncio.to_thread(PAGE.read_text)
    block = textwrap.dedent(re.search(r"^    server \{\n.*?^    \}\n", text, re.MULTILINE | re.DOTALL)[0])  # type: ignore[index]
    for written, own in (
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("/etc/letsencrypt/live/gpu.example.org/fullchain.pem", str(certificates.certificate)),
        ("/etc/letsencrypt/live/gpu.example.org/privkey.pem", str(certificates.key)),
        ("192.0.2.10", allowed),
        ("http://127.0.0.1:11434/", f"{ollama.url}/"),
    ):
        assert written in block
        block = block.replace(written, own)
    plain = "location /ollama/ {" + block.partition("location /ollama/ {")[2].partition("}")[0] + "}"
    nginx = Nginx(folder / f"ngo{port}", plain, servers=block)
    await asyncio.to_thread(nginx.start)
    try:
        yield f"https://localhost:{port}/ollama", nginx
    finally:
        await asyncio.to_thread(nginx.stop)


async def test_through_tls(server_folder: Path, certificates: Certificates) -> None:
    """The models are listed over TLS, and our client reads the model's facts through the same location."""
    context = await asyncio.to_thread(ssl.create_default_context, cafile=str(certificates.ca))
    async with (
        OllamaServer() as ollama,
        proxied(server_folder, certificates, ollama, allowed="127.0.0.1") as (url, nginx),
        httpx.AsyncClient(verify=context, trust_env=False) as client,
    ):
        answer = await client.get(f"{url}/api/tags")
        name = answer.json()["models"][0]["name"]
        model = OllamaModel(name, hosts=parse_hosts(f"{nginx.url}/ollama"))
        facts = await model.facts()
        await model.aclose()

    assert 200 == answer.status_code
    assert name == facts.model


async def test_strangers_are_kept_out(server_folder: Path, certificates: Certificates) -> None:
    """A client that is not on the list gets 403, and Ollama hears nothing."""
    context = await asyncio.to_thread(ssl.create_default_context, cafile=str(certificates.ca))
    async with (
        OllamaServer() as ollama,
        proxied(server_folder, certificates, ollama, allowed="192.0.2.10") as (url, _),
        httpx.AsyncClient(verify=context, trust_env=False) as client,
    ):
        assert 403 == (await client.get(f"{url}/api/tags")).status_code
