"""Teaching a real Rspamd through its controller, by socket and by port."""

from __future__ import annotations

import asyncio

import pytest
from pydantic import SecretStr

from glassdome.core.errors import ConfigError, ConnectFailed, PeerRefused
from glassdome.integrations.rspamd.controller import RspamdController
from glassdome.integrations.rspamd.teacher import RspamdTeacher
from glassdome.values.refs import MessageRef
from tests.integration.rspamd.conftest import StartRspamd
from tests.servers.process import free_port
from tests.servers.rspamd import Rspamd

WORDS = "cheap watches replica discount lottery winner pills casino jackpot bonus " * 4


def letter(words: str, number: int) -> bytes:
    """Return a message of those words."""
    return (
        f"From: a@example.org\r\nSubject: {words[:30]}\r\nMessage-ID: <{number}@x>\r\n\r\n{words} {number}\r\n".encode()
    )


@pytest.fixture(scope="module")
def rspamd(rspamd_at: StartRspamd) -> Rspamd:
    """A running Rspamd with an empty memory."""
    return rspamd_at(None)


def controller_of(rspamd: Rspamd, way: str) -> RspamdController:
    """Return the controller, by socket as in mailcow, or by port with its password."""
    if way == "socket":
        return RspamdController(f"unix:{rspamd.socket}", password=SecretStr("controller-password"))
    return RspamdController(f"http://127.0.0.1:{rspamd.controller_port}", password=SecretStr("controller-password"))


@pytest.mark.parametrize("way", ["port", "socket"])
async def test_what_was_taught_is_known(rspamd: Rspamd, way: str) -> None:
    """Spam and ham taught, each twice without harm: a similar mail scores as Bayes spam."""
    controller = controller_of(rspamd, way)
    try:
        await controller.probe()
        for number in range(3):
            for spam, words in ((True, WORDS), (False, "minutes of the board meeting budget agenda project " * 4)):
                for _ in range(2):
                    await controller.learn(letter(words, number), spam=spam)
    finally:
        await controller.aclose()

    found = await asyncio.to_thread(rspamd.scan, letter(WORDS, 99))
    assert "BAYES_SPAM" in found["symbols"]


async def test_a_wrong_password_is_told(rspamd: Rspamd) -> None:
    """The sentence names the setting."""
    controller = RspamdController(f"http://127.0.0.1:{rspamd.controller_port}", password=SecretStr("wrong"))
    with pytest.raises(PeerRefused, match="GLASSDOME_RSPAMD_PASSWORD"):
        await controller.learn(letter(WORDS, 1), spam=True)
    await controller.aclose()


@pytest.mark.parametrize("place", ["http://127.0.0.1:{port}", "unix:/nowhere/rspamd.sock"], ids=["port", "socket"])
async def test_nobody_there_is_temporary(place: str) -> None:
    """An absent controller is tried again later."""
    controller = RspamdController(place.format(port=free_port()))
    with pytest.raises(ConnectFailed) as caught:
        await controller.probe()
    assert caught.value.temporary
    await controller.aclose()


def test_a_word_that_is_no_address() -> None:
    """The setting is explained."""
    with pytest.raises(ConfigError, match="unix:/var/lib"):
        RspamdController("rspamd:11334")


class OneMail:
    """Holds a message in a mailbox."""

    async def fetch(self, ref: MessageRef, *, max_bytes: int) -> bytes:
        """Return it."""
        assert "user@example.org" == ref.mailbox
        return letter("unique zebra quagga okapi gnu eland kudu oryx " * 4, 7)


async def test_a_message_in_a_mailbox_is_taught(rspamd: Rspamd) -> None:
    """The message of the ledger's action is fetched and learned."""
    controller = controller_of(rspamd, "socket")
    await RspamdTeacher(controller, OneMail()).learn(  # type: ignore[arg-type]
        MessageRef(mailbox="user@example.org", folder="INBOX", uid_validity=1, uid=1), spam=True
    )
    await controller.aclose()

    found = await asyncio.to_thread(rspamd.scan, letter("unique zebra quagga okapi gnu eland kudu oryx " * 4, 8))
    assert "BAYES_SPAM" in found["symbols"]
