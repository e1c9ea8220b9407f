"""Every refusal and message in the source has a literal code whose text fits its parameters."""

import re

from message_codes import ROOT, CodedCall, coded_calls  # type: ignore[import-not-found]

from analyses.coded_text import CODE, placeholders
from registry import plugin_loading

ONE_PARAMETER = re.compile(r"\W*\{[^{}]*\}\W*")


def test_every_code_is_literal() -> None:
    assert not [call.where for call in coded_calls() if not is_named(call)]


def is_named(call: CodedCall) -> bool:
    """Whether the code is literal, or passed on by a helper that was called with a literal one."""
    return call.passes_on or (bool(call.codes) and all(CODE.fullmatch(code) for code in call.codes))


def test_every_text_is_literal() -> None:
    assert not [call.where for call in coded_calls() if call.has_computed_text and not call.passes_on]


def test_no_text_is_one_parameter_alone() -> None:
    """A whole sentence as a parameter has no numbers of its own to filter by, and hides several matters in one code."""
    assert not [call.where for call in coded_calls() if call.text and ONE_PARAMETER.fullmatch(call.text)]


def test_every_code_is_in_the_table() -> None:
    listed = (ROOT / "docs" / "plugins" / "codes.md").read_text()
    assert not {code for call in coded_calls() for code in call.codes if f"| `{code}` |" not in listed}


def test_every_placeholder_is_a_parameter() -> None:
    problems = [
        (call.where, sorted(set(placeholders(call.text)) - set(call.parameters)))
        for call in coded_calls()
        if call.text is not None and not call.passes_on and not set(placeholders(call.text)) <= set(call.parameters)
    ]
    assert not problems


def test_codes_by_which_an_analysis_does_not_apply_are_codes_of_calls() -> None:
    known = {code for call in coded_calls() for code in call.codes}
    named = {code for analysis in plugin_loading.current().analyses.values() for code in analysis.not_applicable}
    assert named
    assert named <= known
