"""Renews the catalogues of the pages: takes the texts from code and templates, and compiles the translations.

Run it after a change of a text. It prints what each language still lacks; new texts stand in its `.po` without a
translation. `--template FILE` writes the texts alone.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from glassdome.core.translate import ENGLISH, LANGUAGES

sys.path.insert(0, str(Path(__file__).parent))
from refusals import refusals

PACKAGE: Final = Path(__file__).parent.parent / "glassdome"
LOCALES: Final = PACKAGE / "locales"
AREA: Final = "web"
#: Areas whose texts stand in a file, one a line, and what a catalogue of them says of itself.
LISTED: Final = {"reasons": PACKAGE / "shapes" / "sentences.txt", "cli": PACKAGE / "cli" / "sentences.txt"}
_TITLES: Final = {
    "web": "the pages of Glassdome",
    "reasons": "what Glassdome says of a mail",
    "cli": "the command line of Glassdome",
}
_METHODS: Final = [("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
_OPTIONS: Final = {"templates/**.html": {"trimmed": "true", "silent": "false"}}
_TRANSLATED: Final = tuple(code for code in LANGUAGES if code != ENGLISH)
#: Catalogues hold no moment of their making: the same texts give the same files.
_BEGAN: Final = datetime(2026, 1, 1, tzinfo=UTC)


def texts(area: str = AREA) -> Catalog:
    """Return all texts of an area, in the order of their places."""
    catalog = Catalog(
        project="Glassdome", copyright_holder="The Glassdome authors", creation_date=_BEGAN, charset="utf-8"
    )
    if area in LISTED:
        for text in LISTED[area].read_text("utf-8").splitlines():
            catalog.add(text)
        return catalog
    for name, _, text, _, context in extract_from_dir(PACKAGE / "web", _METHODS, _OPTIONS, DEFAULT_KEYWORDS):
        catalog.add(text, locations=[(f"glassdome/web/{name}", 0)], context=context)
    for text, name in refusals(PACKAGE / "desk"):
        catalog.add(text, locations=[(f"glassdome/{name}", 0)])
    return catalog


def po_file(language: str, area: str = AREA) -> Path:
    """Return the place of a language's translations."""
    return LOCALES / language / "LC_MESSAGES" / f"{area}.po"


def translations(language: str, area: str = AREA) -> Catalog:
    """Return a language's translations as they are kept; without any where there is no file yet."""
    path = po_file(language, area)
    if not path.is_file():
        return Catalog(locale=language, creation_date=_BEGAN, revision_date=_BEGAN, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def renewed(language: str, template: Catalog, area: str = AREA) -> Catalog:
    """Return a language's translations of today's texts."""
    catalog = translations(language, area)
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.project, catalog.version, catalog.fuzzy = "Glassdome", "", False
    catalog.creation_date = catalog.revision_date = _BEGAN
    catalog.header_comment = f"# {LANGUAGES[language]}: {_TITLES[area]}."
    return catalog


def lacking(catalog: Catalog) -> Iterator[Message]:
    """Yield the texts without a translation in each of their forms."""
    for message in catalog:
        said = message.string if isinstance(message.string, (list, tuple)) else [message.string]
        if message.id and not all(said):
            yield message


def compiled(catalog: Catalog) -> bytes:
    """Return the compiled catalogue."""
    out = BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def written(catalog: Catalog) -> bytes:
    """Return the catalogue as a text for translators."""
    out = BytesIO()
    write_po(out, catalog, width=100, include_lineno=False)
    return out.getvalue()


def renew(language: str, template: Catalog, area: str) -> None:
    """Write a language's files of an area, and print what they lack."""
    catalog, path = renewed(language, template, area), po_file(language, area)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(written(catalog))
    path.with_suffix(".mo").write_bytes(compiled(catalog))
    print(f"{language} {area}: {len(list(lacking(catalog)))} of {len(catalog)} texts lack a translation")


def main() -> None:
    """Renew every language's files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--template", type=Path, help="write the texts of the pages alone into this file")
    to = parser.parse_args().template
    if to:
        to.write_bytes(written(texts()))
        return
    for area in (AREA, *LISTED):
        template = texts(area)
        for language in _TRANSLATED:
            renew(language, template, area)


if __name__ == "__main__":
    main()
