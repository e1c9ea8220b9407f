import pickle
from typing import Any

import numpy as np
import pytest

from analyses.coded_text import CodedError, plain, render
from analyses.insufficient_data import InsufficientData


def test_error_has_code_sentence_and_parameters() -> None:
    error = CodedError("missing-thickness", "layer {layer} ({role})", layer=2, role="sample")
    assert (error.code, error.parameters) == ("missing-thickness", {"layer": 2, "role": "sample"})
    assert str(error) == error.text == "layer 2 (sample)"


def test_sentence_of_a_code_alone_is_its_words() -> None:
    assert render("missing-thickness", "", {}) == "missing thickness"
    assert render("missing-thickness", "", {"layer": 2}) == "missing thickness (layer: 2)"


@pytest.mark.parametrize("code", ["needs the area", "Missing-Area", "missing_area", "", "a-", "x" * 65, None, 3])
def test_code_of_another_form_is_refused(code: Any) -> None:
    with pytest.raises(TypeError):
        CodedError(code)


@pytest.mark.parametrize(
    ("text", "parameters"),
    [("{layer}", {}), ("{}", {"layer": 1}), ("{layer:q}", {"layer": 1}), ("{layer", {"layer": 1}), ("{a.b}", {"a": 1})],
)
def test_text_that_does_not_fit_its_parameters_is_refused(text: str, parameters: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="missing-area"):
        CodedError("missing-area", text, **parameters)


def test_parameters_are_as_json_has_them() -> None:
    values = {"a": np.float64(1.5), "b": np.int64(3), "c": np.bool_(True), "d": (1, np.float32(0.5)), "e": OSError("x")}
    assert {name: plain(value) for name, value in values.items()} == {
        "a": 1.5,
        "b": 3,
        "c": True,
        "d": [1, 0.5],
        "e": "x",
    }


def test_error_survives_pickling() -> None:
    error = pickle.loads(pickle.dumps(InsufficientData("no-cycles", "{count} cycles", count=0)))
    assert (type(error), error.code, error.text, error.parameters) == (
        InsufficientData,
        "no-cycles",
        "0 cycles",
        {"count": 0},
    )
