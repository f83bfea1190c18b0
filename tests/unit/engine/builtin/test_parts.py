"""Sentences, summaries, requests, rules, language and model files, one by one."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from glassdome.core.errors import ConfigError
from glassdome.engine.builtin.categories import CATEGORIES, TAGS
from glassdome.engine.builtin.classifier import load_classifier, read_classifier, write_classifier
from glassdome.engine.builtin.due import due_words
from glassdome.engine.builtin.features import extract, normalized
from glassdome.engine.builtin.intent import requests_in
from glassdome.engine.builtin.language import language_of
from glassdome.engine.builtin.request_classifier import load_request_classifier, read_request_classifier
from glassdome.engine.builtin.rules import load_rules, matches
from glassdome.engine.builtin.sentences import sentences_of
from glassdome.engine.builtin.summary import summarize
from glassdome.engine.builtin.words import load_concepts, words_of
from glassdome.values.message import Address, HeaderField, ListFacts, Message
from glassdome.values.rules import Rule

MODELS = ("text.npz", "asking.npz", "acts.npz")


def test_sentences_keep_abbreviations_and_wrapped_lines_together() -> None:
    """Dr. and z. B. end nothing, a wrapped line goes on, a short line stands alone."""
    text = (
        "Dear all,\n\nDr. Keller will be here at 10 a.m. on Friday. She brings the plans that were\n"
        "drawn last year. Das gilt z. B. für uns!\n- first point\n- second point\n"
    )
    assert [s.text for s in sentences_of(text)] == [
        "Dear all,",
        "Dr. Keller will be here at 10 a.m. on Friday.",
        "She brings the plans that were drawn last year.",
        "Das gilt z. B. für uns!",
        "- first point",
        "- second point",
    ]


def test_sentences_stand_in_the_text() -> None:
    """Each sentence's raw form is found where it says it starts."""
    text = "  One here.\n\nTwo\tthere?  Three."
    assert all(text[s.start : s.start + len(s.raw)] == s.raw for s in sentences_of(text))


def test_sentences_without_spaces() -> None:
    """Chinese and Japanese full stops end a sentence."""
    assert [s.text for s in sentences_of("你好。我们明天见面吗？好的。")] == ["你好。", "我们明天见面吗？", "好的。"]


def test_summary_leaves_greetings_links_and_footers_out() -> None:
    """The summary gives the content of a mail, not its wrapping."""
    text = (
        "Hello Anna,\n\nThe new museum opens on 4 May at https://x.example/?token=abc123.\n\n"
        "Unsubscribe here: https://x.example/u?id=9\n\nKind regards"
    )
    assert summarize(sentences_of(text), "Museum") == "The new museum opens on 4 May at x.example."


def test_summary_of_nothing_is_the_subject() -> None:
    """A mail without text is summed up by its subject."""
    assert summarize([], "Minutes of the meeting") == "Minutes of the meeting"


def test_summary_takes_two_sentences_in_their_order() -> None:
    """Of a longer mail two sentences are taken, the earlier first."""
    text = " ".join(
        [
            "The budget of the museum project was approved by the board on Monday.",
            "It rained all day.",
            "The museum project may spend the budget from May on.",
            "Lunch was good.",
        ]
    )
    summary = summarize(sentences_of(text), "Museum project budget")
    assert summary.startswith("The budget of the museum project was approved")
    assert len(sentences_of(summary)) == 2


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Könnten Sie mir bitte bis Freitag das Angebot schicken?", "de"),
        ("Merci de me renvoyer le contrat signé.", "fr"),
        ("¿Puedes revisar el informe?", "es"),
        ("Puoi mandarmi il file entro domani?", "it"),
        ("Kun je de offerte voor vrijdag sturen?", "nl"),
        ("Você pode enviar o relatório até sexta?", "pt"),
        ("Can you send me the file again?", "en"),
        ("Please let me know which day suits you.", "en"),
    ],
)
def test_requests_are_found(text: str, language: str) -> None:
    """A plain request is one in every language."""
    assert [request.sentence.text for request in requests_in(sentences_of(text), language)] == [text]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The trees are green again.", "en"),
        ("Klicken Sie hier, um den Newsletter abzubestellen.", "de"),
        ("Pour toute question, n'hésitez pas à nous écrire.", "fr"),
        ("Este mensaje es automático.", "es"),
    ],
)
def test_statements_and_footers_ask_nothing(text: str, language: str) -> None:
    """A sentence that asks nobody in particular is no request."""
    assert requests_in(sentences_of(text), language) == []


def test_due_words_are_the_mails_own() -> None:
    """Case, accents and the date are kept as written."""
    assert due_words("Send it By Tomorrow, please", ["by tomorrow"]) == "By Tomorrow"
    assert due_words("Antes del 3 de mayo, por favor", ["antes del"]) == "Antes del 3 de mayo"
    assert due_words("nothing", []) == ""


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("Please find attached the minutes of our meeting.", "en"),
        ("Anbei finden Sie das Protokoll unserer Sitzung.", "de"),
        ("Veuillez trouver ci-joint le compte rendu de la réunion.", "fr"),
        ("Adjunto encontrará el acta de nuestra reunión.", "es"),
        ("请查收附件中的会议记录。", "zh"),
        ("", ""),
        ("12345 https://x.example/ 99", ""),
    ],
)
def test_language(text: str, tag: str) -> None:
    """Short mail text is told, nothing is not guessed at."""
    assert language_of(text) == tag


def test_words_are_folded() -> None:
    """Accents, capitals and mathematical letters are one form."""
    assert words_of("ÉTÉ Straße 𝐕𝐞𝐫𝐢𝐟𝐲") == ["ete", "strasse", "verify"]


def test_concepts_are_found_as_whole_phrases() -> None:
    """`invoice` is found, a part of another word is not."""
    assert load_concepts().find(words_of("the invoice number"))["invoice"] == ["invoice", "invoice number"]
    assert load_concepts().find(words_of("invoiced")) == {}


def test_features_see_kinds_not_values() -> None:
    """Amounts, addresses and links are told by kind: two mails that differ in them alone look the same."""
    first = extract("Bill 1234", "Pay $ 99.00 to a@b.example or at https://one.example/x within 24 hours")
    second = extract("Bill 98765", "Pay $ 12.50 to c@d.example or at https://two.example/y within 24 hours")
    assert first.hashed.tolist() == second.hashed.tolist()
    assert "24 hours" in normalized("", "within 24 hours")


@pytest.mark.parametrize("name", MODELS)
def test_model_files_are_small_and_plain(name: str) -> None:
    """The shipped models are within 5 MB together and hold no pickled object."""
    path = Path(str(files("glassdome.engine.builtin") / "model" / name))
    assert path.stat().st_size < 2_500_000
    with np.load(path, allow_pickle=False) as stored:
        assert all(stored[field].dtype != object for field in stored.files)


def test_model_file_round_trip(tmp_path: Path) -> None:
    """A written model file is read back the same."""
    write_classifier(load_classifier(), tmp_path / "copy.npz")
    again = read_classifier(tmp_path / "copy.npz")
    assert again.probabilities("Hello", "How are you?") == load_classifier().probabilities("Hello", "How are you?")


def test_pickled_model_is_refused(tmp_path: Path) -> None:
    """A file that would run code when unpickled is refused unread."""
    np.savez(tmp_path / "evil.npz", name=np.array([{"run": print}], dtype=object))
    with pytest.raises(ConfigError, match="cannot be read"):
        read_classifier(tmp_path / "evil.npz")
    with pytest.raises(ConfigError, match="cannot be read"):
        read_request_classifier(tmp_path / "evil.npz")


def test_no_model_file(tmp_path: Path) -> None:
    """A text file is not a model."""
    (tmp_path / "model.npz").write_text("nothing")
    with pytest.raises(ConfigError, match="cannot be read"):
        read_classifier(tmp_path / "model.npz")


def test_request_model_is_english() -> None:
    """The shipped request model says which language it is for."""
    assert load_request_classifier().language == "en"


RULES = """
[[rule]]
name = "bank"
sender = "*@bank.example"
header = { "X-Kind" = "statement*" }
category = "payment"
priority = 8

[[rule]]
list = ["*.lists.example"]
smaller_than = 10000
position = "absent"
category = ["mailing-list"]
"""


def test_rules_are_read_and_matched() -> None:
    """Each condition given must hold."""
    bank, lists = load_rules(RULES)
    assert bank == Rule(
        name="bank",
        sender=("*@bank.example",),
        headers=(("X-Kind", "statement*"),),
        categories=("payment",),
        priority=8,
    )
    letter = Message(
        header_from=(Address(addr="a@BANK.example"),), headers=(HeaderField(name="x-kind", value="Statement 3"),)
    )
    post = Message(lists=ListFacts(list_id="dev.lists.example"), size=900, to=(Address(addr="dev@lists.example"),))
    assert [matches(rule, letter, "me@example.org") for rule in (bank, lists)] == [True, False]
    assert [matches(rule, post, "me@example.org") for rule in (bank, lists)] == [False, True]


@pytest.mark.parametrize(
    ("to", "cc", "position"),
    [(["me"], [], "only"), (["me", "you"], [], "to"), (["you"], ["me"], "cc"), (["you"], [], "absent")],
)
def test_position_among_the_recipients(to: list[str], cc: list[str], position: str) -> None:
    """Only me, me among others, me in copy, not me."""
    message = Message(
        to=tuple(Address(addr=f"{who}@example.org") for who in to),
        cc=tuple(Address(addr=f"{who}@example.org") for who in cc),
    )
    held = [p for p in ("only", "to", "cc", "absent") if matches(Rule(name="", position=p), message, "me@example.org")]  # type: ignore[arg-type]
    assert held == [position]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = [", "not valid TOML"),
        ("[[rules]]\nsender = 'a'", "rules is not one"),
        ("[[rule]]\nname = 'a'\ncategory = 'work'", "no condition"),
        ("[[rule]]\nsender = 'a'", "neither a category nor a priority"),
        ("[[rule]]\nsender = 3\ncategory = 'work'", "'sender' must be a string"),
        ("[[rule]]\nsender = 'a'\ncategory = 'cheese'", "no category 'cheese'"),
        ("[[rule]]\nsender = 'a'\npriority = 11", "from 1 to 10"),
        ("[[rule]]\nsender = 'a'\ncolour = 'red'\npriority = 1", "unknown key 'colour'"),
        ("[[rule]]\nposition = 'under'\npriority = 1", "'position' must be one of"),
        ("[[rule]]\nheader = 'x'\npriority = 1", "'header' must be a table"),
    ],
)
def test_bad_rules_say_what_is_wrong(text: str, said: str) -> None:
    """Each mistake has its sentence."""
    with pytest.raises(ConfigError, match=said):
        load_rules(text)


def test_every_category_and_tag_is_documented() -> None:
    """The reference page defines each of them."""
    page = (Path(__file__).parents[4] / "docs" / "reference" / "categories.md").read_text("utf-8")
    assert [name for name in (*CATEGORIES, *TAGS) if f"`{name}`" not in page] == []
