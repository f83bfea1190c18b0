"""Ends the service before each commit and each IMAP or SMTP effect in turn, starts it again, and compares the ends.

python benchmarks/every_point.py                (MariaDB; about ten minutes; needs Dovecot, Postfix and root)
python benchmarks/every_point.py --sqlite       (as the suite does)
python benchmarks/every_point.py --every 5      (each fifth point only)

The first migration is in it: on MariaDB each definition of a table is a point of its own.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.integration.ended.test_every_point import plan_for
from tests.servers.certificates import make_certificates
from tests.servers.dovecot import Dovecot
from tests.servers.mariadb import MariaDB
from tests.servers.postfix import Postfix

ROOT = Path(__file__).parent.parent


def main() -> int:
    """Run all points and print what differed; 0 when nothing did."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sqlite", action="store_true")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="with --every 4: 0 to 3 are all points in four runs")
    wanted = parser.parse_args()
    folder, memory = Path(tempfile.mkdtemp(prefix="gde")), Path("/dev/shm")
    fast = Path(tempfile.mkdtemp(prefix="gde", dir=memory if memory.is_dir() else None))
    for made in (folder, fast):
        made.chmod(0o755)
    dovecot, database = Dovecot(folder / "dc", make_certificates(folder)), MariaDB(fast / "db")
    postfix = Postfix(folder / "pf", dovecot)
    start = time.monotonic()
    try:
        dovecot.start()
        postfix.start()
        url = "sqlite:///{folder}/glassdome.db" if wanted.sqlite else _url(database)
        plan = folder / "plan.json"
        plan.write_text(json.dumps(plan_for(dovecot, postfix, folder, url, every=wanted.every, first=wanted.first)))
        command = [sys.executable, "-m", "tests.integration.ended.drive", str(plan)]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    finally:
        for server in (database, postfix, dovecot):
            server.stop()
        for made in (folder, fast):
            shutil.rmtree(made, ignore_errors=True)
    found = json.loads(done.stdout)
    print(json.dumps(found["failed"], indent=1))
    print(
        f"{found['tried']} points in {time.monotonic() - start:.0f} s, {len(found['failed'])} of them with another end"
    )
    return done.returncode


def _url(database: MariaDB) -> str:
    database.install()
    database.start()
    return database.database("gd_ended").replace("gd_ended", "{name}")


if __name__ == "__main__":
    sys.exit(main())
