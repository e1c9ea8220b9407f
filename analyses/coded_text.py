"""A sentence with a stable code and the numbers it names, for people and for programs."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any, Protocol, Self, TypeVar

CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
"""Form of a code: lower-case words joined by hyphens."""
LONGEST_CODE = 64
MOST_LISTED = 10
MOST_STORED = 100


E = TypeVar("E", bound="CodedError")


class Coded(Protocol):
    """Whatever has a code, a sentence and parameters: a remark, a message or an error."""

    @property
    def code(self) -> str: ...

    @property
    def text(self) -> str: ...

    @property
    def parameters(self) -> Mapping[str, Any]: ...


class Listed(tuple[Any, ...]):
    """Several numbers or names as one parameter: a list for programs, and a listing in a sentence.

    The sentence lists the first ten, separated by commas or as `between` says; each is formatted by the format of its
    placeholder. Programs get the first 100.

    Examples
    --------
    >>> f"cycles {Listed([1.0, 3.0]):g}", f"rows {Listed(range(12))}"
    ('cycles 1, 3', 'rows 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more')
    """

    between: str

    def __new__(cls, items: Iterable[Any], between: str = ", ") -> Self:
        """Keep the items in their order."""
        listed = super().__new__(cls, items)
        listed.between = between
        return listed

    def __format__(self, form: str) -> str:
        listed = self.between.join(format(item, form) for item in self[:MOST_LISTED])
        return listed + (f" and {len(self) - MOST_LISTED} more" if len(self) > MOST_LISTED else "")


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
        The parameters of the text.

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
    """Return a parameter as JSON has it: a number, text, bool or None, or a list or mapping of these.

    What has a code itself, such as the reason of an error, keeps its code, text and parameters.

    Examples
    --------
    >>> import numpy
    >>> plain(numpy.float64(2.5)), plain((1, "a")), plain(ValueError("no data"))
    (2.5, [1, 'a'], 'no data')
    >>> plain({"columns": {"t": "Time / s"}})
    {'columns': {'t': 'Time / s'}}
    >>> plain(Remark("rows-skipped", "Skipped {rows} rows.", rows=2))
    {'code': 'rows-skipped', 'text': 'Skipped 2 rows.', 'parameters': {'rows': 2}}
    """
    if isinstance(value, Remark | CodedError):
        return {"code": value.code, "text": value.text, "parameters": dict(value.parameters)}
    if isinstance(value, list | tuple):
        return [plain(item) for item in (value[:MOST_STORED] if isinstance(value, Listed) else value)]
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    # NumPy's own numbers are floats too, but not to JSON.
    if hasattr(value, "item") and getattr(value, "ndim", 1) == 0:
        return value.item()
    return value if value is None or isinstance(value, bool | int | float) else str(value)


@dataclass(frozen=True, init=False)
class Remark:
    """A sentence about data, with its code: `Remark("rows-skipped", "Skipped {rows} rows.", rows=2)`.

    Text and parameters are as those of `CodedError`.
    """

    code: str
    """Stable, lower-case words joined by hyphens."""
    text: str
    """The sentence."""
    parameters: Mapping[str, Any]
    """The parameters of the text."""

    def __init__(self, code: str, text: str = "", /, **parameters: Any) -> None:
        check_code(code)
        object.__setattr__(self, "code", code)
        object.__setattr__(self, "text", render(code, text, parameters))
        object.__setattr__(self, "parameters", {name: plain(value) for name, value in parameters.items()})

    @classmethod
    def of(cls, coded: Coded) -> Self:
        """Return the remark of an error."""
        remark = cls.__new__(cls)
        for name in ("code", "text", "parameters"):
            object.__setattr__(remark, name, getattr(coded, name))
        return remark

    def __str__(self) -> str:
        return self.text


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

    @classmethod
    def of(cls, coded: Coded) -> Self:
        """Return an error with the code, sentence and parameters of a remark, a message or another error."""
        return _rebuild(cls, coded.code, coded.text, dict(coded.parameters), coded.text)

    def __reduce__(self) -> Any:
        return _rebuild, (type(self), self.code, self.template, self.parameters, self.text)


def _rebuild(kind: type[E], code: str, template: str, parameters: dict[str, Any], text: str) -> E:
    error = kind.__new__(kind)
    Exception.__init__(error, text)
    error.code, error.template, error.parameters, error.text = code, template, parameters, text
    return error
