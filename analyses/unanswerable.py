"""The one exception of this package that is about the data, not about the code."""


class Unanswerable(ValueError):  # noqa: N818 - names the state of the data, as `Refused` does for a plugin
    """The data given cannot answer the question; the text says why and what would help, in a scientist's words."""
