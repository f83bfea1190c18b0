"""A document comes back from its JSON as it was, and nothing else is taken for one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassdome.files.sandbox.codec import BadDocument, decode_document, encode_document
from glassdome.values.document import Code, Document, FileLink, InnerFile, Passage
from glassdome.values.fact import FACT_TYPES, Fact
from glassdome.values.reading import READS

WORDS, NUMBERS = st.text(max_size=8), st.integers(0, 2**53 - 1)


def _few(of: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(of, max_size=2).map(tuple)


def _documents(files: st.SearchStrategy[Any]) -> st.SearchStrategy[Document]:
    return st.builds(
        Document,
        kind=WORDS,
        read=st.sampled_from(READS),
        problem=WORDS,
        title=WORDS,
        pages=NUMBERS,
        passages=_few(st.builds(Passage, text=WORDS, where=WORDS, seen=st.booleans())),
        links=_few(st.builds(FileLink, url=WORDS, shown=WORDS, where=WORDS)),
        codes=_few(st.builds(Code, kind=WORDS, text=WORDS, where=WORDS)),
        facts=_few(
            st.builds(Fact, type=st.sampled_from(FACT_TYPES), value=WORDS, where=WORDS, evidence=WORDS),
        ),
        members=_few(WORDS),
        files=_few(files),
        encrypted=st.booleans(),
        is_active=st.booleans(),
        asks_password=st.booleans(),
    )


def _inner(documents: st.SearchStrategy[Document]) -> st.SearchStrategy[InnerFile]:
    return st.builds(InnerFile, name=WORDS, document=documents, size=NUMBERS, sha256=WORDS)


ALONE = st.builds(Document, title=WORDS, pages=NUMBERS, encrypted=st.booleans())
DOCUMENTS = _documents(_inner(_documents(_inner(ALONE))))


@given(DOCUMENTS)
def test_a_document_comes_back_as_it_was(document: Document) -> None:
    assert decode_document(encode_document(document)) == document


WHOLE = json.loads(encode_document(Document(kind="a/b", members=("x",))))
JSON = st.recursive(st.none() | st.booleans() | st.integers() | WORDS, lambda inner: st.lists(inner, max_size=4))


@given(st.sampled_from(sorted(WHOLE)), JSON)
def test_a_changed_field_is_refused_or_is_of_its_type(name: str, value: Any) -> None:
    try:
        document = decode_document(json.dumps(WHOLE | {name: value}).encode())
    except BadDocument:
        return
    assert document == decode_document(encode_document(document))


@given(st.binary(max_size=40))
def test_no_other_bytes_are_a_document(data: bytes) -> None:
    with pytest.raises(BadDocument):
        decode_document(data)


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"{}", b'"x"', b"[" * 100_000, b"{" * 100_000, b'{"kind":' * 50_000],
)
def test_broken_json_is_refused(data: bytes) -> None:
    with pytest.raises(BadDocument):
        decode_document(data)


def test_a_document_deeper_than_any_reader_goes_is_refused() -> None:
    document = Document()
    for _ in range(20):
        document = Document(files=(InnerFile(name="x", document=document),))
    with pytest.raises(BadDocument):
        decode_document(encode_document(document))


def test_half_characters_do_not_pass() -> None:
    assert decode_document(encode_document(Document(title="a\ud800b"))).title == "a?b"
    assert decode_document(json.dumps(WHOLE | {"title": "a\ud800b"}).encode()).title == "a?b"
