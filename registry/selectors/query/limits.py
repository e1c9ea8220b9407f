"""Limits on the size of a query that any supported database can run."""

from collections.abc import Mapping, Sequence

from registry.selectors.query.errors import QueryError

MAX_CONDITIONS = 100
"""Conditions per query; each value of a parameter and each word of `q` counts as one."""
MAX_LENGTH = 1000
"""Characters of a value or a parameter name."""
MAX_ORDERING = 5
"""Columns or quantities to order by."""


def check_limits(parameters: Mapping[str, Sequence[str]]) -> None:
    """Raise QueryError if there are too many conditions, or a name or value is too long."""
    counts = {
        name: sum(len(value.split()) for value in values) if name == "q" else len(values)
        for name, values in parameters.items()
    }
    total = sum(counts.values())
    if total > MAX_CONDITIONS:
        largest = max(counts, key=lambda name: counts[name])
        raise QueryError(
            largest,
            f"A query can have at most {MAX_CONDITIONS} conditions, not {total} (each parameter value and each search "
            "word counts). Use fewer conditions.",
        )
    for name, values in parameters.items():
        longest = max(map(len, values), default=0)
        if max(longest, len(name)) > MAX_LENGTH:
            subject = f"A value of ‘{name}’" if longest > MAX_LENGTH else "A parameter name"
            raise QueryError(name[:MAX_LENGTH], f"{subject} is longer than {MAX_LENGTH} characters; shorten it.")
