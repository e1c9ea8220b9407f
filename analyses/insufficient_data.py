"""The one exception of this package that is about the data, not about the code."""


class InsufficientData(ValueError):  # noqa: N818 - names the state of the data, as `Refused` does for a plugin
    """The data do not suffice for a result; the text says why and what to do."""
