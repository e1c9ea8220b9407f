"""Output of an analysis: numbers, curves and messages, or a refusal."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from analyses.coded_text import Coded, CodedError, check_code, plain, render
from analyses.uncertainty import Estimate
from registry.contract.curve import Plot
from registry.contract.cycle_table import CycleTable
from registry.contract.place import Place, value_key

Level = Literal["info", "warning"]


@dataclass(frozen=True)
class ParameterChange:
    """A change of a parameter that a message offers as a button: `ParameterChange("left_out", "50", "Leave it out")`.

    It sets the parameter on the record that was analysed, for those who may edit it, and runs the analysis again.
    """

    parameter: str
    """Name of a parameter of the analysis."""
    value: int | float | str | bool
    """Its new value, all of it."""
    label: str
    """Text of the button: `Leave out this point`."""


class Refused(CodedError):  # noqa: N818 - a refusal is an expected outcome, not an error
    """An analysis lacks an input: `Refused("missing-thickness", "no thickness: enter it for layer {layer}", layer=2)`.

    The code is stable, lower-case words joined by hyphens; queries filter and count by it. The text says what is
    missing, in terms a scientist uses; it is a `str.format` template whose placeholders are the parameters. Without a
    text, the words of the code are used.
    """

    offers: tuple[ParameterChange, ...] = ()

    def offering(self, *offers: ParameterChange) -> Self:
        """Return the refusal with buttons that change a parameter."""
        self.offers = offers
        return self


@dataclass(frozen=True)
class Result:
    """One computed value: a registered quantity in its own unit."""

    quantity: str
    """Slug of a quantity listed in `outputs` of the analysis."""
    estimate: Estimate
    """The number, its rounding bounds and its standard uncertainty."""
    note: str = ""
    """Short note on how it was obtained: `median of 98 cycles`."""
    at: Mapping[str, int] = field(default_factory=dict, kw_only=True)
    """Its place, if there are several of the quantity: one lower-case word and a number from 0, `{"peak": 2}`,
    `{"cycle": 100}` or `{"layer": 3}`; all places of a quantity have the same word."""
    conditions: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    """For a group, the technique and conditions that the values of its cells share, as texts by slug:
    `{"technique": "eis", "stack_pressure_mpa": "10"}`. A quantity may occur once for each."""
    method_spread: Mapping[str, float] = field(default_factory=dict, kw_only=True)
    """Values by other methods, in the unit of the quantity: `{"circuit fit": 1.02e-3, "intercept": 0.98e-3}`. Shown
    next to the value, not part of its uncertainty."""

    @property
    def place(self) -> Place | None:
        """Its place, None without one; ValueError if it is malformed."""
        return Place.of(self.at)

    @property
    def key(self) -> str:
        """Its quantity, place and conditions, which no other result of a run has."""
        shared = ";".join(f"{slug}={text}" for slug, text in sorted(self.conditions.items()))
        return value_key(self.quantity, self.place) + (f"[{shared}]" if shared else "")


@dataclass(frozen=True, init=False)
class NotComputed:
    """A quantity that could not be computed while others were, and why; shown in place of the value.

    `NotComputed("porosity_percent", "missing-thickness", "no thickness: enter it for layer {layer}", layer=1)`, or
    `NotComputed.because("porosity_percent", refused)` of a refusal that was caught. Quantity and code are required.
    """

    quantity: str
    """Slug of a quantity listed in `outputs` of the analysis."""
    code: str
    """Code of the reason, as of a refusal: `missing-thickness`."""
    reason: str
    """The complete text: `no thickness: enter it for layer 1 (sample, LPSCl)`."""
    parameters: Mapping[str, Any]
    """The parameters of the text."""
    at: Mapping[str, int]
    """Its place, as of a `Result`, if there are several of the quantity: `{"arc": 2}`."""

    @property
    def text(self) -> str:
        """The sentence."""
        return self.reason

    @property
    def place(self) -> Place | None:
        """Its place, None without one; ValueError if it is malformed."""
        return Place.of(self.at)

    @property
    def key(self) -> str:
        """Its quantity and place."""
        return value_key(self.quantity, self.place)

    def __init__(
        self, quantity: str, code: str, text: str = "", /, *, at: Mapping[str, int] | None = None, **parameters: Any
    ) -> None:
        """Take the text and parameters of the reason as `Refused` does."""
        check_code(code)
        reason = render(code, text, parameters)
        _set(self, quantity=quantity, code=code, reason=reason, parameters=_plain(parameters), at=dict(at or {}))

    @classmethod
    def because(cls, quantity: str, error: Coded, *, at: Mapping[str, int] | None = None) -> Self:
        """Return why a quantity was not computed, from a refusal or a remark."""
        return cls.stored(quantity, error.code, error.text, error.parameters, at)

    @classmethod
    def stored(
        cls,
        quantity: str,
        code: str,
        reason: str,
        parameters: Mapping[str, Any],
        at: Mapping[str, int] | None = None,
    ) -> Self:
        """Return it from a stored text."""
        check_code(code)
        not_computed = cls.__new__(cls)
        _set(
            not_computed,
            quantity=quantity,
            code=code,
            reason=reason,
            parameters=dict(parameters),
            at=dict(at or {}),
        )
        return not_computed


@dataclass(frozen=True, init=False)
class Message:
    """A remark: `Message("short-circuit", "Short circuit after {hours:.4g} h.", "warning", hours=4.87)`.

    Only the code is required. Code and text are given by position; the level is `info` unless given; `offers` are
    changes of a parameter shown as buttons; further keywords are the parameters, which the text names in braces.
    Without a text, the words of the code are used.
    """

    code: str
    """Stable, lower-case words joined by hyphens; queries filter and count by it."""
    text: str
    """One or two sentences, in terms a scientist uses."""
    level: Level
    """`info` explains, `warning` should be checked."""
    parameters: Mapping[str, Any]
    """The parameters of the text."""
    offers: tuple[ParameterChange, ...]
    """Changes of a parameter of the analysis, each shown as a button."""

    def __init__(
        self,
        code: str,
        text: str = "",
        /,
        level: Level = "info",
        offers: tuple[ParameterChange, ...] = (),
        **parameters: Any,
    ) -> None:
        """Take a code, a `str.format` template whose placeholders are the parameters, a level and the parameters."""
        check_code(code)
        text = render(code, text, parameters)
        _set(self, code=code, text=text, level=level, parameters=_plain(parameters), offers=tuple(offers))

    @classmethod
    def of(cls, coded: Coded, level: Level = "warning") -> Self:
        """Return the message of a refusal with what it offers, or of a remark of a function."""
        offers = coded.offers if isinstance(coded, Refused) else ()
        return cls.stored(coded.code, coded.text, level, coded.parameters, offers)

    @classmethod
    def stored(
        cls,
        code: str,
        text: str,
        level: Level,
        parameters: Mapping[str, Any],
        offers: tuple[ParameterChange, ...] = (),
    ) -> Self:
        """Return it from a stored text."""
        check_code(code)
        message = cls.__new__(cls)
        _set(message, code=code, text=text, level=level, parameters=dict(parameters), offers=tuple(offers))
        return message


def _plain(parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {name: plain(value) for name, value in parameters.items()}


def _set(frozen: object, **fields: Any) -> None:
    """Set the fields of a frozen dataclass in its constructor."""
    for name, value in fields.items():
        object.__setattr__(frozen, name, value)


@dataclass(frozen=True)
class Outcome:
    """The output of an analysis. The registry adds plugin, version, parameters, inputs and times."""

    values: tuple[Result, ...] = ()
    """The computed values, each quantity once, or once per place."""
    curves: tuple[Plot, ...] = ()
    """Plots, each a `Curve`, a `HeatMap` or a `MaskedPicture`."""
    messages: tuple[Message, ...] = ()
    """Messages on choices, exclusions and suspicious data."""
    not_computed: tuple[NotComputed, ...] = ()
    """Quantities that could not be computed, with the reason."""
    cycles: CycleTable | None = None
    """Numbers of each cycle of a test."""
