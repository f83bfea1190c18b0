"""A private nginx with one server block, and the two peers it needs: a FastCGI responder and a name server."""

from __future__ import annotations

import os
import socket
import socketserver
import struct
import subprocess
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.servers.process import ServerProcess, free_port, server_environment

__all__ = ["FastCgi", "NameServer", "Nginx"]

_MODULES = Path("/usr/share/nginx/modules-available")


class Nginx:
    """One instance on loopback; `site` stands inside its server block, after a route like mailcow's own."""

    def __init__(self, base: Path, site: str, *, fastcgi: str = "127.0.0.1:9", servers: str = "") -> None:
        """`fastcgi` is host:port of the responder behind mailcow's own API route, `servers` are further blocks."""
        self.base, self.port = base, free_port()
        self._site, self._fastcgi, self._servers = site, fastcgi, servers
        self._process: ServerProcess | None = None

    @property
    def url(self) -> str:
        """The address it listens on."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Write the configuration and start."""
        (self.base / "tmp").mkdir(parents=True)
        if os.getuid() == 0:
            self.base.chmod(0o777)
            (self.base / "tmp").chmod(0o777)
        config = self.base / "nginx.conf"
        config.write_text(self._configuration())
        command = ["/usr/sbin/nginx", "-p", str(self.base), "-c", str(config), "-e", str(self.base / "error.log")]
        subprocess.run([*command, "-t"], check=True, capture_output=True, env=server_environment())
        self._process = ServerProcess(command, output=self.base / "output", env=server_environment())
        self._process.wait_for_banner(self.port, b"")

    def stop(self) -> None:
        """Kill it."""
        if self._process is not None:
            self._process.stop()

    def log(self) -> str:
        """Return its error log."""
        return (self.base / "error.log").read_text()

    def _configuration(self) -> str:
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        folders = "\n".join(f"  {kind}_temp_path {self.base}/tmp/{kind};" for kind in kinds)
        return f"""
daemon off;
worker_processes 1;
pid {self.base}/pid;
events {{ worker_connections 256; }}
http {{
{folders}
  access_log off;
  server {{
    listen 127.0.0.1:{self.port};
    root {self.base};
    # the order that a file of ours meets: the panel's own API first
    location ~ ^/api/v1/(.*)$ {{
      include /etc/nginx/fastcgi_params;
      fastcgi_param QUERY_STRING query=$1;
      fastcgi_pass {self._fastcgi};
    }}
    error_page 502 /panel-502.html;
{self._site}
  }}
{self._servers}
}}
"""


class FastCgi:
    """Answers FastCGI requests on loopback with what `answer` makes of their parameters: status and body."""

    def __init__(self, answer: Callable[[Mapping[str, str]], tuple[int, str]]) -> None:
        """Start at once."""
        self.asked: list[dict[str, str]] = []
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                parameters = outer._read(self.rfile)
                outer.asked.append(parameters)
                status, body = answer(parameters)
                reply = f"Status: {status}\r\nContent-Type: application/json\r\n\r\n{body}".encode()
                self.wfile.write(outer._record(6, reply) + outer._record(6, b"") + outer._record(3, bytes(8)))

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = f"127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def _read(self, stream: socketserver._BufferedIOBase) -> dict[str, str]:  # type: ignore[name-defined]
        collected, done = b"", False
        while not done:
            _, kind, _, length, padding, _ = struct.unpack(">BBHHBB", stream.read(8))
            content = stream.read(length)
            stream.read(padding)
            if kind == 4:
                collected += content
            done = kind == 5 and not content
        return dict(self._pairs(collected))

    @staticmethod
    def _record(kind: int, content: bytes) -> bytes:
        return struct.pack(">BBHHBB", 1, kind, 1, len(content), 0, 0) + content

    @staticmethod
    def _pairs(data: bytes) -> list[tuple[str, str]]:
        found, at = [], 0
        while at < len(data):
            sizes = []
            for _ in range(2):
                if data[at] < 128:
                    sizes.append(data[at])
                    at += 1
                else:
                    sizes.append(struct.unpack(">I", data[at : at + 4])[0] & 0x7FFFFFFF)
                    at += 4
            name, value = data[at : at + sizes[0]], data[at + sizes[0] : at + sum(sizes)]
            found.append((name.decode(), value.decode()))
            at += sum(sizes)
        return found


class NameServer:
    """Answers every question for an address with 127.0.0.1, or with "no such name" while `known` is False."""

    def __init__(self) -> None:
        """Start at once."""
        self.known = False
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def stop(self) -> None:
        """Stop answering."""
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                query, peer = self._socket.recvfrom(512)
                self._socket.sendto(self._reply(query), peer)
            except OSError:
                return

    def _reply(self, query: bytes) -> bytes:
        question = query[12 : query.index(b"\0", 12) + 5]
        if not self.known:
            return query[:2] + b"\x81\x83" + struct.pack(">4H", 1, 0, 0, 0) + question
        answer = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 1, 4) + socket.inet_aton("127.0.0.1")
        return query[:2] + b"\x81\x80" + struct.pack(">4H", 1, 1, 0, 0) + question + answer
