"""Figures by language, and their part of the scorecard."""

from __future__ import annotations

import csv
from email.message import EmailMessage
from pathlib import Path
from zipfile import ZipFile

import pytest

from glassdome_lab.evaluation.by_language.__main__ import main
from glassdome_lab.evaluation.by_language.figures import alarm_threshold, share_of
from glassdome_lab.evaluation.by_language.judged import JudgedMail, UnseenModels
from glassdome_lab.evaluation.by_language.mails import LanguageMail, hand_made, machine_made, real_frauds
from glassdome_lab.evaluation.by_language.page import HEAD, kept_part, with_part
from glassdome_lab.evaluation.samples import MailPlace, MailSample
from glassdome_lab.training.fitting import Recipe
from glassdome_lab.training.samples import Sample

DATA = Path(__file__).parents[2] / "data"
COLUMNS = ("id", "file", "project", "key", "language", "action", "deadline")
TEXTS = {
    "a": ("zh-TW", "請在週五前確認您的帳號。", "yes"),
    "b": ("de-CH", "Ihre Bestellung wurde heute versandt und kommt morgen an.", "no"),
}


@pytest.fixture
def modern(tmp_path: Path) -> Path:
    """Two mails with their labels."""
    with ZipFile(tmp_path / "dev.zip", "w") as packed:
        for name, (_, text, _) in TEXTS.items():
            mail = EmailMessage()
            mail["From"], mail["Subject"] = "Nordhaven <post@nordhaven.example.com>", "Info"
            mail.set_content(text)
            packed.writestr(f"{name}.eml", mail.as_bytes())
    with (tmp_path / "labels_dev.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        rows.writerows((name, f"{name}.eml", "shop", "key", tag, asks, "no") for name, (tag, _, asks) in TEXTS.items())
    return tmp_path


def _row(number: int, *, fraud: bool = False, score: float = 0.0, cluster: str = "") -> JudgedMail:
    name = str(number)
    mail = LanguageMail(id=name, language="pl", made="hand", fraud=fraud, place=MailPlace(), cluster=cluster or name)
    return JudgedMail(mail=mail, score=score, flagged=fraud, asked=False, dated=False, language="pl")


def test_hand_made_mail_has_every_language_of_the_tests() -> None:
    """Frauds and honest mail of 37 languages; requests are labelled where somebody did."""
    mails = list(hand_made(DATA / "cases"))

    assert len({mail.language for mail in mails}) >= 37
    assert {mail.fraud for mail in mails} == {True, False}
    assert any(mail.asks for mail in mails)
    assert len({mail.id for mail in mails}) == len(mails)


def test_machine_made_mail_has_its_labels(modern: Path) -> None:
    """A region is no language of its own; Taiwan's Chinese is the traditional one."""
    found = [(mail.language, mail.asks, mail.dated, mail.fraud) for mail in machine_made(modern)]

    assert found == [("zh-Hant", True, False, False), ("de", False, False, False)]


def test_real_frauds_have_a_guessed_language() -> None:
    """Legitimate mail and text of no language are left out."""
    german = "Ihr Konto wurde gesperrt, bitte melden Sie sich sofort an und prüfen Sie Ihre Daten."
    mails = [
        MailSample(id=str(number), label=label, place=MailPlace(inline=f"Subject: Info\n\n{text}\n".encode()))
        for number, (label, text) in enumerate((("phish", german), ("ham", german), ("phish", "123")))
    ]

    assert [(mail.id, mail.language) for mail in real_frauds(mails)] == [("real:0", "de")]


def test_intervals() -> None:
    """Few mails have Wilson's interval; many are drawn by cluster, so that one cluster alone widens it."""
    few = share_of([_row(n, fraud=n < 8) for n in range(10)], lambda row: row.flagged)
    apart = share_of([_row(n, fraud=n < 100) for n in range(200)], lambda row: row.flagged)
    together = share_of([_row(n, fraud=n < 100, cluster=str(n // 5)) for n in range(200)], lambda row: row.flagged)

    assert (few.hits, few.count, round(few.low, 2), round(few.high, 2)) == (8, 10, 0.49, 0.94)
    assert apart.high - apart.low < together.high - together.low
    assert share_of([], lambda row: True).count == 0


def test_one_legitimate_mail_in_a_hundred_is_above_the_threshold() -> None:
    """Frauds do not count."""
    rows = [_row(n, score=n / 1000) for n in range(200)] + [_row(n, fraud=True, score=1.0) for n in range(200, 300)]
    threshold = alarm_threshold(rows)

    assert sum(row.score >= threshold for row in rows if not row.mail.fraud) == 2


def test_a_model_without_a_language_never_saw_it(tmp_path: Path) -> None:
    """Its words have no weight of their own; a finished model is read again."""
    pytest.importorskip("sklearn")
    texts = {
        ("de", "phish"): "Ihr Konto wurde gesperrt, bitte melden Sie sich mit Ihrem Kennwort an",
        ("de", "ham"): "Das Treffen beginnt morgen um zehn Uhr im großen Saal, bis dann",
        ("fr", "phish"): "Votre compte est bloqué, veuillez confirmer votre mot de passe maintenant",
        ("fr", "ham"): "La réunion commence demain à dix heures dans la grande salle, à bientôt",
    }
    samples = [
        Sample(label=label, source="abcd"[n % 4] + label, subject="", text=f"{text} {n}", cluster=f"{tag}{label}{n}")
        for (tag, label), text in texts.items()
        for n in range(24)
    ]
    recipe = Recipe(synthetic_ham=40, synthetic_phish=20, least_documents=2, least_sources=1, most_per_source=80)
    said: list[str] = []
    learner = UnseenModels(samples, tmp_path, recipe=recipe, say=said.append)

    assert {"de", "fr"} <= set(learner.languages(20))
    learner.without("de")
    learner.without("de")
    assert said == ["learning without de"]
    assert (tmp_path / "without-de.npz").exists()


def test_the_part_takes_its_place_on_the_page(modern: Path) -> None:
    """The rest of the page stays; a second run replaces the part, and an evaluation keeps it."""
    page = modern / "scorecard.md"
    page.write_text("# Scorecard\n\nA\n\n## Cost\n\nB\n", encoding="utf-8")
    arguments = ["--cases", str(DATA), "--modern", str(modern), "--scorecard", str(page)]

    assert main(arguments) == 0
    once = page.read_text(encoding="utf-8")
    assert main(arguments) == 0
    assert once == page.read_text(encoding="utf-8")
    assert once.startswith("# Scorecard\n\nA\n\n## Cost\n\nB\n\n" + HEAD)
    assert "| zh-Hant | 0/1" in once
    assert "in sample" in once.lower()
    assert with_part("# New\n", kept_part(once)) == "# New\n\n" + once[once.index(HEAD) :]
    assert kept_part("# New\n") == ""
