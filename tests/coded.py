"""Refusals, messages and invalid fields compared by code and parameters, not by sentence."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from analyses.coded_text import CodedError


@contextmanager
def refuses(
    code: str, error: type[CodedError] = CodedError, /, **parameters: Any
) -> Iterator[pytest.ExceptionInfo[CodedError]]:
    """Expect an error with this code whose parameters include these."""
    with pytest.raises(error) as caught:
        yield caught
    assert caught.value.code == code, caught.value.text
    assert include(caught.value.parameters, parameters), caught.value.parameters


@contextmanager
def invalid(code: str, field: str = "", /, *names: str) -> Iterator[None]:
    """Expect a ValidationError with this code only, on this field only; its text names these records or numbers."""
    with pytest.raises(ValidationError) as caught:
        yield
    by_field = getattr(caught.value, "error_dict", None) or {"": caught.value.error_list}
    matching = {(name, error.code) for name, errors in by_field.items() for error in errors}
    assert matching == {(field, code)}, caught.value
    text = " ".join(caught.value.messages)
    assert [name for name in names if name not in text] == []


def message_of(coded: Iterable[Any], code: str, /, **parameters: Any) -> Any:
    """Return the one message, or quantity not computed, that has this code and whose parameters include these."""
    listed = list(coded)
    matching = [item for item in listed if item.code == code and include(item.parameters, parameters)]
    assert len(matching) == 1, [(item.code, dict(item.parameters)) for item in listed]
    return matching[0]


def include(actual: Mapping[str, Any], expected: Mapping[str, Any]) -> bool:
    """Return True if the parameters include these, numbers to six digits; so may the error that is a parameter."""
    return all(name in actual and _equal(actual[name], value) for name, value in expected.items())


def _equal(actual: Any, expected: Any) -> bool:
    if isinstance(expected, Mapping):
        return isinstance(actual, Mapping) and include(actual, expected)
    return bool(actual == (pytest.approx(expected) if isinstance(expected, float) else expected))
