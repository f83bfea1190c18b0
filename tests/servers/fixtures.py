"""pytest fixtures: one Dovecot, one Postfix, one MariaDB per session, started only when a test asks for them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.certificates import Certificates, make_certificates
from tests.servers.courier import Courier
from tests.servers.cyrus import Cyrus
from tests.servers.dovecot import Dovecot
from tests.servers.mailcow import Mailcow, running_mailcow
from tests.servers.mariadb import MariaDB
from tests.servers.postfix import Postfix

_MEMORY = Path("/dev/shm")
#: An empty MariaDB takes 200 MB; each of the tests' databases adds a few.
_MARIADB_BYTES = 2 << 30


@pytest.fixture(scope="session")
def server_folder() -> Iterator[Path]:
    """A short path that servers of any user may enter (socket paths end at 107 characters)."""
    folder = Path(tempfile.mkdtemp(prefix="gd", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def certificates(server_folder: Path) -> Certificates:
    """A private authority and the certificate that every test server shows."""
    return make_certificates(server_folder)


@pytest.fixture(scope="session")
def dovecot(server_folder: Path, certificates: Certificates) -> Iterator[Dovecot]:
    """A running Dovecot without accounts; make them with `add_mailbox`."""
    server = Dovecot(server_folder / "dc", certificates)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def courier(server_folder: Path, certificates: Certificates) -> Iterator[Courier]:
    """A running Courier IMAP without accounts; make them with `add_mailbox`."""
    server = Courier(server_folder / "co", certificates)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def cyrus(server_folder: Path, certificates: Certificates) -> Iterator[Cyrus]:
    """A running Cyrus IMAP; an account is made when somebody logs in."""
    server = Cyrus(server_folder / "cy", certificates)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def mailbox(dovecot: Dovecot) -> str:
    """A fresh, empty account."""
    return dovecot.add_mailbox()


@pytest.fixture(scope="session")
def postfix(server_folder: Path, dovecot: Dovecot) -> Iterator[Postfix]:
    """A running Postfix that delivers to `dovecot`."""
    server = Postfix(server_folder / "pf", dovecot)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def mailcow(dovecot: Dovecot, postfix: Postfix, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailcow]:
    """A mailcow with its API, IMAP and submission, and an environment that names it; also of the domain xisx.org."""
    with running_mailcow(dovecot, postfix, "xisx.org") as made:
        for name, value in made.environment(tmp_path / "data").items():
            monkeypatch.setenv(name, value)
        yield made


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDB]:
    """A running MariaDB in memory where there is room for it (a schema costs 2 s on a disk); see `new_database`."""
    folder = Path(tempfile.mkdtemp(prefix="gd", dir=_MEMORY if _room_in(_MEMORY) >= _MARIADB_BYTES else "/tmp"))
    folder.chmod(0o755)
    server = MariaDB(folder / "db")
    server.install()
    server.start()
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


def _room_in(folder: Path) -> int:
    # Containers have a /dev/shm of 64 MB unless they are told otherwise.
    return shutil.disk_usage(folder).free if folder.is_dir() else 0
