"""A private certificate authority and one server certificate, made anew for each session."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import trustme

__all__ = ["SERVER_NAME", "Certificates", "make_certificates"]

#: The name in the certificate; tests connect to 127.0.0.1, which is not in it.
SERVER_NAME = "mail.example.test"


@dataclass(frozen=True, kw_only=True)
class Certificates:
    """The paths of the PEM files; `stranger_ca` signed nothing that any server shows."""

    ca: Path
    stranger_ca: Path
    certificate: Path
    key: Path


def make_certificates(folder: Path) -> Certificates:
    """Write the authority, a stranger authority and a certificate for SERVER_NAME and localhost."""
    authority = trustme.CA()
    leaf = authority.issue_cert(SERVER_NAME, "localhost")
    made = Certificates(
        ca=folder / "ca.pem",
        stranger_ca=folder / "stranger-ca.pem",
        certificate=folder / "tls.crt",
        key=folder / "tls.key",
    )
    authority.cert_pem.write_to_path(str(made.ca))
    trustme.CA().cert_pem.write_to_path(str(made.stranger_ca))
    leaf.private_key_pem.write_to_path(str(made.key))
    for index, pem in enumerate(leaf.cert_chain_pems):
        pem.write_to_path(str(made.certificate), append=index > 0)
    for file in (made.ca, made.certificate, made.key):
        file.chmod(0o644)
    return made
