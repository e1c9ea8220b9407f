"""Normalisation of text before it is stored."""

import unicodedata

import pytest

from registry.text.cleaning import (
    TextError,
    check_text,
    clean_json,
    clean_text,
    escaped,
    name_key,
    replace_unstorable,
    replace_unstorable_in,
)

CONTROL = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) == "Cc"]
INVISIBLE = ["\u00ad", "\u200b", "\u200c", "\u200d", "\u200e", "\u202e", "\u2060", "\u2066", "\ufe0f", "\ufeff"]


@pytest.mark.parametrize("lines", [True, False])
@pytest.mark.parametrize("character", sorted({*CONTROL} - set("\t\n\r")))
def test_refuses_control_characters(character: str, lines: bool) -> None:
    with pytest.raises(TextError, match=rf"\bU\+{ord(character):04X}\b"):
        clean_text(f"a{character}b", lines=lines)


@pytest.mark.parametrize("code", [0xD800, 0xDBFF, 0xDC00, 0xDFFF])
def test_refuses_halves_of_surrogate_pairs(code: int) -> None:
    with pytest.raises(TextError, match="surrogate"):
        clean_text(chr(code), lines=True)


@pytest.mark.parametrize("character", ["\t", "\n", "\r", "\u2028", "\u2029"])
def test_line_breaks_are_allowed_only_in_multi_line_text(character: str) -> None:
    text = f"a{character}b"
    assert clean_text(text, lines=True) == text
    with pytest.raises(TextError, match=r"\bline\b"):
        clean_text(text)


@pytest.mark.parametrize("character", INVISIBLE)
def test_removes_invisible_characters(character: str) -> None:
    assert clean_text(f"NCM{character} 01{character}") == "NCM 01"


def test_composes_and_trims() -> None:
    assert clean_text("  Mu\u0308ller \u2126 ") == "Müller Ω"
    assert clean_text(" \u200b \ufeff") == ""
    assert clean_text("  indented\n", lines=True) == "  indented\n"


def test_is_idempotent() -> None:
    for text in ("Mu\u200b\u0308ller", "a\u034f\u0301", " \u200b x", "ﬁ", "ŉ"):
        assert clean_text(clean_text(text)) == clean_text(text)
        assert name_key(name_key(text)) == name_key(text)


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ("\0", ""),
        ({"columns": ["a", "\ud800"]}, "columns.2"),
        ({"columns": [{"key": "a", "heading": "\0"}]}, "columns.1.heading"),
        ({"filters": {"\ud800": 1}}, r"filters.\ud800"),
        ([[["\x1b"]]], "1.1.1"),
    ],
)
def test_error_has_the_path_of_the_text(data: object, path: str) -> None:
    with pytest.raises(TextError) as error:
        clean_json(data)
    assert error.value.path == path


def test_cleans_keys_and_values_at_any_depth_and_leaves_the_rest() -> None:
    assert clean_json({"a\u200b": [{"Mu\u0308": "x\ufeff\n"}, 1, 2.5, None, True]}) == {
        "a": [{"Mü": "x\n"}, 1, 2.5, None, True]
    }


def test_replaces_forbidden_characters_in_machine_text() -> None:
    assert replace_unstorable("a\0b\ud800c\u200bd\x1b\n") == "a�b�cd�\n"
    assert replace_unstorable_in({"\0": ["\ud800", 1]}) == {"�": ["�", 1]}
    check_text(replace_unstorable("".join(map(chr, range(0xE100)))))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Müller", "Mu\u0308ller"),
        ("NCM 01", "NCM\u200b 01"),
        ("NCM 01", " NCM\u00a0 01 "),
        ("Zelle Ä", "ZELLE ä"),
        ("Straße", "STRASSE"),
        ("ΣΑΣ", "σας"),
    ],
)
def test_equivalent_names_have_the_same_key(left: str, right: str) -> None:
    assert name_key(left) == name_key(right)


def test_different_names_have_different_keys() -> None:
    keys = {name_key(name) for name in ("NCM 01", "NCM01", "NCM 1", "NCM-01", "Müller", "Muller")}
    assert len(keys) == 6


def test_escapes_forbidden_characters() -> None:
    assert escaped("a\0\ud800ü") == "a\\u0000\\ud800ü"
