"""A connection can be dropped in every state."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from pathlib import Path

from glassdome.integrations.tls import TlsPolicy, abort
from tests.servers.certificates import make_certificates


async def test_a_closed_connection_can_be_dropped(tmp_path: Path) -> None:
    """Open, closing, closed and closed again: the peer sees the end, and nothing is raised (Python 3.11.2 did)."""
    certificates = await asyncio.to_thread(make_certificates, tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificates.certificate, certificates.key)
    ends: asyncio.Queue[bool] = asyncio.Queue()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            await reader.read()
        writer.close()
        await ends.put(True)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    client = TlsPolicy(ca_file=certificates.ca).context_for("localhost")
    for closed in range(3):
        _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=client, server_hostname="localhost")
        for _ in range(closed):
            writer.transport.close()

        abort(writer.transport)

        assert await asyncio.wait_for(ends.get(), 30)
    server.close()
