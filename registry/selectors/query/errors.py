"""The error for an invalid query."""

from typing import Self


class QueryError(ValueError):
    """An invalid query; `parameter` is the name of the parameter to correct."""

    reason: str = ""
    """What is wrong with the value, if the text is the parameter and this; a page names the parameter by its label."""

    def __init__(self, parameter: str, text: str, code: str = "invalid-parameter") -> None:
        super().__init__(text)
        self.parameter = parameter
        self.code = code

    @classmethod
    def of_value(cls, parameter: str, reason: str) -> Self:
        """The error of a value: `stack_pressure_mpa__lte: ‘ten’ is not a number.`"""
        error = cls(parameter, f"{parameter}: {reason}", "invalid-value")
        error.reason = reason
        return error

    @classmethod
    def without_value(cls, parameter: str) -> Self:
        """The error of a parameter that has no value."""
        return cls(parameter, f"‘{parameter}’ has no value: enter one or omit the parameter.", "missing-value")
