"""Tests of the new text of a reply."""

from __future__ import annotations

import pytest

from glassdome.parse.reply import new_text


@pytest.mark.parametrize(
    "history",
    [
        "On Mon, 1 Jan 2024 at 10:00, Ann <ann@x.example> wrote:\n> old",
        "On Mon, 1 Jan 2024 at 10:00, Ann Somebody-with-a-long-name\n<ann@x.example> wrote:\n> old\n> older",
        "Am 01.01.2024 um 10:00 schrieb Ann:\n> alt",
        "Le lun. 1 janv. 2024 à 10:00, Ann a écrit :\n> vieux",
        "El 1/1/2024 a las 10:00, Ann escribió:\n> viejo",
        "Il giorno 1/1/2024 Ann ha scritto:\n> vecchio",
        "Op 1-1-2024 om 10:00 schreef Ann:\n> oud",
        "W dniu 1.01.2024 o 10:00, Ann pisze:\n> stary",
        "Den 1.1.2024 skrev Ann:\n> gammal",
        "01.01.2024 10:00, Анна пишет:\n> старое",
        "2024年1月1日 Ann <a@x.example> 写道：\n> 旧",
        "On 1/1/2024 10:00, Ann wrote:\nnot marked\nat all",
        "-----Original Message-----\nFrom: Ann\nold",
        "________________________________\nVon: Ann\nGesendet: heute\nAn: Bob\nBetreff: x\n\nalt",
        "From: Ann <a@x.example>\nSent: Monday\nTo: Bob\nSubject: x\n\nold",
        "De : Ann\nEnvoyé : lundi\nÀ : Bob\nObjet : x\n\nvieux",
        "> quoted only",
    ],
)
def test_history_is_cut(history: str) -> None:
    """Quoted history goes, in the words of many mail programs."""
    assert new_text(f"Yes, fine.\nSee you.\n\n{history}").rstrip("_\n") == "Yes, fine.\nSee you."


def test_answers_between_quotes_stay() -> None:
    """Inline answers are all new text."""
    text = "On 1/1/2024 Ann wrote:\n> One?\nYes.\n> Two?\nNo.\n"

    assert new_text(text) == "Yes.\nNo."


@pytest.mark.parametrize(
    "signature", ["-- \nBob\nExample Ltd", "--\nBob", "Sent from my iPhone", "Von meinem iPhone gesendet"]
)
def test_signature_is_cut(signature: str) -> None:
    """Signatures go (RFC 3676 4.3), and so does what a device adds."""
    assert new_text(f"Yes.\n\n{signature}\n") == "Yes."


@pytest.mark.parametrize(
    "text",
    [
        "Plain text.\n\nFrom: the start we said so.",
        "FYI\n\n---------- Forwarded message ---------\nFrom: Ann\nDate: today\nSubject: x\nTo: Bob\n\nread this",
        "He wrote: all is well",
        "> nothing but a quote",
        "a -- b\n",
        "",
    ],
)
def test_text_that_stays(text: str) -> None:
    """Forwarded mail is the message itself, and nothing is cut where nothing else would remain."""
    assert new_text(text) == text
