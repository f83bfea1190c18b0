"""Serves the tests' Ollama on port 11434 of a container."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter
from urllib.parse import urlsplit

from tests.servers.ollama_server import OllamaServer


async def main() -> None:
    """Serve until the container is stopped; the server itself listens on loopback only."""
    async with OllamaServer() as server:
        inner = urlsplit(server.url).port

        async def relay(reader: StreamReader, writer: StreamWriter) -> None:
            there, back = await asyncio.open_connection("127.0.0.1", inner)
            await asyncio.gather(pipe(reader, back), pipe(there, writer))

        async with await asyncio.start_server(relay, "0.0.0.0", 11434) as outer:
            await outer.serve_forever()


async def pipe(reader: StreamReader, writer: StreamWriter) -> None:
    """Hand on what comes until the other side ends."""
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


if __name__ == "__main__":
    asyncio.run(main())
