"""Receivers for Dovecot's doorbell: one that answers, and one that accepts the connection and stays silent."""

from __future__ import annotations

import json
import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Thread
from typing import Any

__all__ = ["Receiver", "Silent"]


class Receiver:
    """Notes each request and answers 202."""

    def __init__(self) -> None:
        """Start at once."""
        self.seen: Queue[tuple[str, str, dict[str, Any]]] = Queue()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.seen.put((self.path, self.headers["Authorization"], body))
                self.send_response(202)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()


class Silent:
    """Accepts connections and never answers."""

    def __init__(self) -> None:
        """Start at once: the kernel accepts, nobody reads."""
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def stop(self) -> None:
        """Go away."""
        self._socket.close()
