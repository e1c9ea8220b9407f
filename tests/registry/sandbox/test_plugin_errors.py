"""Errors of plugin code in one line."""

import json

import pytest

from registry.sandbox.plugin_errors import LONGEST, error_summary


def raised_by(code: str) -> BaseException:
    try:
        exec(compile(code, "/lab/resistance.py", "exec"), {"__name__": "lab.resistance", "json": json})
    except BaseException as error:
        return error
    raise AssertionError("the code raises")


def test_names_the_error_and_its_line() -> None:
    assert error_summary(raised_by("x = 1\nraise ValueError(x)")) == "ValueError: 1 (resistance.py:2)"


def test_reported_line_is_in_the_plugin_even_if_a_library_raised() -> None:
    error = raised_by("\n\njson.loads('{')")
    assert "(decoder.py:" in error_summary(error)
    assert error_summary(error, "lab").endswith("(resistance.py:3)")


def test_a_syntax_error_names_its_line() -> None:
    assert error_summary(raised_by("def (:")) == "SyntaxError: invalid syntax (resistance.py:1)"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("raise KeyError", "KeyError (resistance.py:1)"),
        ("raise SystemExit('no licence')", "SystemExit: no licence (resistance.py:1)"),
        ("class E(Exception):\n  def __str__(self): return 1 / 0\nraise E", "E: "),
    ],
)
def test_any_error_has_a_summary(code: str, words: str) -> None:
    assert error_summary(raised_by(code)).startswith(words)
    assert "(resistance.py:" in error_summary(raised_by(code))


def test_very_long_text_is_truncated() -> None:
    assert len(error_summary(raised_by("raise ValueError('again ' * 10**6)"))) < LONGEST + 100
