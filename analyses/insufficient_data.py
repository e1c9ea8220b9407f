"""The one exception of this package that is about the data, not about the code."""

from analyses.coded_text import CodedError


class InsufficientData(CodedError, ValueError):  # noqa: N818 - names the state of the data, as `Refused` does for a plugin
    """The data do not suffice for a result; the code says why, the text also what to do.

    `InsufficientData("zero-reference-capacity", "zero capacity at cycle {cycle}: choose another", cycle=1)`
    """
