"""Templates say nothing that cannot be translated, and each catalogue translates all of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from babel.messages.catalog import Message
from jinja2 import Environment, nodes

from glassdome.core.translate import ENGLISH, LANGUAGES
from glassdome.engine.builtin.categories import CATEGORIES, TAGS
from glassdome.values.fact import FACT_TYPES
from glassdome.web.words import category_word, fact_kind
from scripts.catalogues import LOCALES, PACKAGE, compiled, po_file, texts, translations

TEMPLATES: Final = sorted((PACKAGE / "web" / "templates").glob("*.html"))
TRANSLATED: Final = [code for code in LANGUAGES if code != ENGLISH]
_GETTEXT: Final = {"_", "N_", "gettext", "ngettext", "pgettext", "npgettext"}
#: Names, and what stands for itself in every language.
_BARE: Final = {"Glassdome", "· Glassdome", ", UID", "{:g}", "%.0f"}
_SEEN: Final = re.compile(r'\b(?:aria-label|placeholder|title|alt)="([^"]*)"')
#: Words that stand for themselves in every language: names, units, what mail is called everywhere.
_NAMES: Final = {"ms", "s", "API", "URL", "IBAN", "Message", "ID", "Spam", "spam", "Phishing", "phishing", "Rspamd"}
_NAMES_OF_OURS: Final = {"Webhook", "Webhooks", "webhook", "ann", "example", "org"}
#: Texts that a language writes as English does.
_COGNATES: Final[dict[str, set[str]]] = {
    "de": {"link %(number)s", "Text", "Name", "Signal", "in %(duration)s", "Median", "in %(mailbox)s"},
    "fr": {
        "date", "code", "promotion", "notification", "urgent", "question", "invitation", "%(num)s minute",
        "%(num)s minutes", "Pages", "Message %(number)s", "Actions", "Messages",
    },
    "es": {"personal", "%(number)s bytes", "no", "legal"},
    "it": {"Password", "newsletter", "no", "in %(duration)s", "in %(mailbox)s", "link %(number)s", "file"},
    "nl": {
        "Details", "Database", "in %(duration)s", "Per model", "Model", "in %(mailbox)s", "status", "%(number)s bytes",
        "link", "Open", "link %(number)s", "Filters", "Mailbox", "code", "Mail", "account",
    },
    "pt": {"%(number)s bytes", "link %(number)s", "link"},
    "pl": {"newsletter", "status", "link %(number)s", "link", "Folder", "Model"},
    "cs": {"reference", "Text", "finance", "Model", "newsletter"},
    "tr": {"form %(number)s", "Model", "Mar", "May"},
}  # fmt: skip


def _letters(text: str) -> bool:
    return bool(re.search(r"[^\W\d_]{2,}", text))


def _bare_text(source: str) -> Iterator[str]:
    """Yield what a reader sees of a template's own text and of the attributes that are read out."""
    plain = re.sub(r"\{#.*?#\}|\{% *trans\b.*?\{% *endtrans *%\}", "", source, flags=re.DOTALL)
    plain = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", plain, flags=re.DOTALL)
    yield from _SEEN.findall(plain)
    plain = re.sub(r"<(code|kbd)\b[^>]*>.*?</\1>", "", plain, flags=re.DOTALL)
    yield from re.findall(r"(?:^|>)([^<>]*)", plain)


def _constants(node: nodes.Node) -> Iterator[str]:
    """Yield the words among the constants that no function of gettext gets."""
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in _GETTEXT:
        return
    if isinstance(node, (nodes.Assign, nodes.Import, nodes.FromImport, nodes.Extends)):
        return
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node.value
    for child in node.iter_child_nodes():
        yield from _constants(child)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_have_no_bare_words(path: Path) -> None:
    """Neither between their tags nor in what their expressions choose from."""
    source = path.read_text()
    tree = Environment(extensions=["jinja2.ext.i18n"], autoescape=True).parse(source)

    bare = {text.strip() for text in _bare_text(source) if _letters(text) and "example.org" not in text}
    said = {text for text in _constants(tree) if _letters(text) and (text[0].isupper() or " " in text.strip())}

    assert bare - _BARE == set()
    assert {text for text in said if "example.org" not in text} - _BARE == set()


def test_a_bare_word_is_noticed() -> None:
    """Between tags, in an attribute, and as one of two."""
    source = '<p title="Some words">Hello {{ "Yes please" if x else _("No") }}</p>'
    tree = Environment(extensions=["jinja2.ext.i18n"], autoescape=True).parse(source)

    assert {text.strip() for text in _bare_text(source)} >= {"Some words", "Hello"}
    assert set(_constants(tree)) == {"Yes please"}


def test_scripts_have_no_words_of_their_own() -> None:
    """They take them from the page."""
    for path in (PACKAGE / "web" / "static").glob("*.js"):
        assert re.findall(r"(?:textContent|innerText|title|ariaLabel) = [\"'`]", path.read_text()) == []


def test_all_categories_and_facts_have_words() -> None:
    """None of ours is left to its code."""
    known = {message.id for message in texts()}

    assert {category_word(name) for name in (*CATEGORIES, *TAGS)} <= known
    assert {fact_kind(kind) for kind in FACT_TYPES} - {"IBAN"} <= known


def _forms(message: Message) -> Iterator[tuple[str, str]]:
    """Yield each text of a message with its translation."""
    ids = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
    said = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    for index, text in enumerate(said):
        yield ids[min(index, len(ids) - 1)], text


def _parts(text: str) -> list[str]:
    return sorted(re.findall(r"%\(\w+\)s|%%|<[^>]*>", text))


@pytest.mark.parametrize("language", TRANSLATED)
def test_catalogues_are_complete(language: str) -> None:
    """Every text of today and no other, none empty, none that somebody must look through."""
    kept = translations(language)

    assert {(m.id, m.context) for m in kept} == {(m.id, m.context) for m in texts()} | {("", None)}
    assert [m.id for m in kept if m.fuzzy] == []
    assert [m.id for m in kept if m.id and not all(said for _, said in _forms(m))] == []
    assert po_file(language).with_suffix(".mo").read_bytes() == compiled(kept)


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_keep_values_and_elements(language: str) -> None:
    """The same values are filled in, the same elements stand in them, and none ends an attribute that it stands in."""
    for message in translations(language):
        for text, said in _forms(message) if message.id else ():
            assert _parts(text) == _parts(said), said
            assert set('"<>&') & set(re.sub(r"<[^>]*>", "", said)) == set(), said


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_is_left_in_english(language: str) -> None:
    """But for words that the language writes the same way."""
    same = _COGNATES.get(language, set())
    copied = {text for m in translations(language) if m.id for text, said in _forms(m) if said == text}
    words = {text: set(re.findall(r"[^\W\d_]+", re.sub(r"%\(\w+\)s", "", text))) for text in copied - same}

    assert {text for text, found in words.items() if found - _NAMES - _NAMES_OF_OURS} == set()


def test_only_our_languages_have_catalogues() -> None:
    """A folder of another name is never read."""
    assert {path.name for path in LOCALES.iterdir() if path.is_dir()} <= set(LANGUAGES)
