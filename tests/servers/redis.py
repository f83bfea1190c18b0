"""A private Redis on loopback, in memory only."""

from __future__ import annotations

from pathlib import Path

from tests.servers.process import ServerProcess, free_port, server_environment

__all__ = ["Redis"]


class Redis:
    """One instance."""

    def __init__(self, base: Path) -> None:
        """`base` holds its log."""
        self.base, self.port = base, free_port()
        self._process: ServerProcess | None = None

    def start(self) -> None:
        """Start; returns when it accepts connections."""
        self.base.mkdir(parents=True)
        command = ["/usr/bin/redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self._process = ServerProcess(
            [*command, "--appendonly", "no", "--dir", str(self.base)],
            output=self.base / "output",
            env=server_environment(),
        )
        self._process.wait_for_banner(self.port, b"")

    def stop(self) -> None:
        """Kill it."""
        if self._process is not None:
            self._process.stop()
