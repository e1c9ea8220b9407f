"""A sentence with a stable code and the numbers it names, for people and for programs."""

import re
from collections.abc import Mapping
from string import Formatter
from typing import Any

CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
"""Form of a code: lower-case words joined by hyphens."""
LONGEST_CODE = 64


def check_code(code: Any) -> None:
    """Raise TypeError unless it is a code such as `missing-thickness`."""
    if not isinstance(code, str) or not CODE.fullmatch(code) or len(code) > LONGEST_CODE:
        raise TypeError(
            f"{code!r:.80} is not a code: give lower-case words joined by hyphens first ('missing-thickness'), then "
            "the sentence"
        )


def render(code: str, template: str, parameters: Mapping[str, Any]) -> str:
    """Return the sentence of a code.

    Parameters
    ----------
    code : str
        The code; without a template, its words are the sentence.
    template : str
        A `str.format` template whose placeholders are names of the parameters.
    parameters : mapping of str to object
        The numbers and texts of the sentence.

    Raises
    ------
    ValueError
        If the template does not fit the parameters.
    """
    if not template:
        listed = ", ".join(f"{name}: {value}" for name, value in parameters.items())
        return code.replace("-", " ") + (f" ({listed})" if listed else "")
    try:
        unknown = [name for name in placeholders(template) if name not in parameters]
        if not unknown:
            return template.format_map(parameters)
    except (ValueError, TypeError, LookupError) as error:
        raise ValueError(f"the text of the code {code} cannot be formatted ({error}): {template!r}") from error
    raise ValueError(f"the text of the code {code} names {unknown[0]!r}, which is not a parameter: {template!r}")


def placeholders(template: str) -> list[str]:
    """Return the names in a template; ValueError if it is malformed.

    Examples
    --------
    >>> placeholders("no {label}: enter it for layer {layer:d}")
    ['label', 'layer']
    """
    return [name for _, name, _, _ in Formatter().parse(template) if name is not None]


def plain(value: Any) -> Any:
    """Return a parameter as JSON has it: a number, text, bool or None, or a list of these.

    Examples
    --------
    >>> import numpy
    >>> plain(numpy.float64(2.5)), plain((1, "a")), plain(ValueError("no data"))
    (2.5, [1, 'a'], 'no data')
    """
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    # NumPy's own numbers are floats too, but not to JSON.
    if hasattr(value, "item") and getattr(value, "ndim", 1) == 0:
        return value.item()
    return value if value is None or isinstance(value, str | bool | int | float) else str(value)


class CodedError(Exception):
    """An error with a code, a sentence and parameters: `CodedError("missing-thickness", "No thickness.", layer=2)`.

    The text is a `str.format` template whose placeholders are the parameters; without it, the sentence is made of the
    words of the code.
    """

    def __init__(self, code: str, text: str = "", /, **parameters: Any) -> None:
        check_code(code)
        self.code = code
        self.template = text
        self.text = render(code, text, parameters)
        self.parameters = {name: plain(value) for name, value in parameters.items()}
        super().__init__(self.text)

    def __reduce__(self) -> Any:
        return _rebuild, (type(self), self.code, self.template, self.parameters, self.text)


def _rebuild(kind: type[CodedError], code: str, template: str, parameters: dict[str, Any], text: str) -> CodedError:
    error = kind.__new__(kind)
    Exception.__init__(error, text)
    error.code, error.template, error.parameters, error.text = code, template, parameters, text
    return error
