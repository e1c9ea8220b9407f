"""The error for an invalid query."""


class QueryError(ValueError):
    """An invalid query; `parameter` is the name of the parameter to correct."""

    def __init__(self, parameter: str, text: str) -> None:
        super().__init__(text)
        self.parameter = parameter
