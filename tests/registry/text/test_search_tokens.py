"""Tests of registry.text.search_tokens."""

import pytest

from registry.text.search_tokens import (
    MAX_PARTS,
    MAX_TOKEN_LENGTH,
    MAX_TOKENS,
    MAX_WORDS,
    is_doi,
    is_refcode,
    list_tokens,
    matches,
    parse_search,
    search_key,
)


def finds(search: str, *texts: str, filename: str = "") -> bool:
    """Whether a document with these texts matches the search."""
    tokens = list_tokens(texts, [filename] if filename else [])
    words = parse_search(search)
    return bool(words) and matches(words, tokens)


@pytest.mark.parametrize("search", ["C-00035", "C-35", "c35", "C35", "c-035", "C00035", "C‑35", "c−35"])
def test_a_refcode_is_found_in_any_spelling(search: str) -> None:
    assert finds(search, "C-00035")
    assert not finds(f"{search} ", "C-00036")


@pytest.mark.parametrize(
    ("search", "text"),
    [
        ("li6ps5cl", "Li₆PS₅Cl"),
        ("Li₆PS₅Cl", "pellet of Li6PS5Cl"),
        ("Li5.5PS4.5Cl1.5", "Li5.5PS4.5Cl1.5"),
        ("lpscl", "NCM@Li-PEVA/LPSCl/Li"),
        ("Li-PEVA", "NCM@Li-PEVA/LPSCl/Li"),
        ("NCM@Li-PEVA/LPSCl/Li", "NCM@Li-PEVA/LPSCl/Li"),
        ("ncm811", "NCM-811"),
        ("NCM-811", "NCM-811 cathode"),
        ("NCM-811", "NCM811"),
        ("10 MPa", "10 MPa"),
        ("10MPa", "10 MPa"),
        ("10 mpa", "10MPa"),
        ("0.5", "0.5 C"),
        ("10.1002/aenm.202404817", "10.1002/aenm.202404817"),
        ("https://doi.org/10.1002/AENM.202404817", "10.1002/aenm.202404817"),
        ("doi:10.1002/aenm.202404817", "10.1002/aenm.202404817"),
        ("aenm 202404817", "10.1002/aenm.202404817"),
        ("müller", "MU\u0308LLER"),
        ("ωncm", "ΩNCM"),
        ("straße", "STRASSE"),
        ("argy", "argyrodite"),
        ("super c65", "Super C65"),
    ],
)
def test_a_text_is_found(search: str, text: str) -> None:
    assert finds(search, text)


@pytest.mark.parametrize(
    "search", ["comp", "pellet", "10MPa", "10 mpa", "dta", "compPellet_10MPa.DTA", "comppellet", "b2"]
)
def test_a_file_name_is_found_by_its_parts(search: str) -> None:
    assert finds(search, filename="compPellet_10MPa-b2.DTA")


def test_only_the_last_word_may_be_begun() -> None:
    assert finds("pellet argyr", "argyrodite pellet")
    assert not finds("argyr pellet", "argyrodite pellet")


@pytest.mark.parametrize("search", ["", " ", '"', "''", "()", "*", "-", "∞", "🔋", "%_", ":*", "@@@"])
def test_a_search_without_letters_and_digits_has_no_words(search: str) -> None:
    assert parse_search(search) == ()


@pytest.mark.parametrize("search", ['a" OR "b', "a'b", "NEAR(a b)", "a AND NOT b", "a:*|b", "a\\b", "a;--", "x*"])
def test_tokens_hold_no_operators(search: str) -> None:
    tokens = [token for word in parse_search(search) for alternative in word.alternatives for token in alternative]
    assert tokens
    assert all(character.isalnum() or character == "." for token in tokens for character in token)


def test_documents_and_searches_are_limited() -> None:
    assert len(list_tokens([" ".join(f"w{number}" for number in range(2 * MAX_TOKENS))])) == MAX_TOKENS
    assert list_tokens(["x" * 1000]) == ["x" * MAX_TOKEN_LENGTH]
    assert len(parse_search(" ".join(f"word{number}x" for number in range(2 * MAX_WORDS)))) == MAX_WORDS
    assert len(parse_search("-".join("ab" for _ in range(100)))[0].alternatives[0]) == MAX_PARTS


def test_a_key_names_one_record() -> None:
    assert {search_key(text) for text in ("C-00035", "c-35", "C35")} == {"c-35"}
    assert search_key(" https://doi.org/10.1002/AENM.1 ") == "10.1002/aenm.1"
    assert search_key("LPSCl  (big)") == "lpscl (big)"


def test_a_carbon_is_not_a_refcode() -> None:
    assert [is_refcode(text) for text in ("C-35", "C-00035", "M00012", "C65", "NCM-811", "")] == [
        True,
        True,
        True,
        False,
        False,
        False,
    ]
    assert [is_doi(text) for text in ("10.1002/aenm.1", "doi.org/10.1002/aenm.1", "10.1002", "")] == [
        True,
        True,
        False,
        False,
    ]
