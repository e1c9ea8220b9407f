"""Steps of columns that a file writes with few digits, as entries of its header.

`Current(A)` of 0.0002 and 0.0000 is known to 0.00005 A, which its numbers alone do not show.
"""

from registry.contract.input_dataset import InputDataset

NAME = "step of {column}"


def entry_of(column: str, step: float) -> dict[str, str]:
    """Return the header entry of a column in canonical units.

    Examples
    --------
    >>> entry_of("current_ampere", 1e-4)
    {'step of current_ampere': '0.0001'}
    """
    return {NAME.format(column=column): f"{step:.9g}"}


def written_step(dataset: InputDataset, column: str) -> float:
    """Return the step of a column that its file writes with few digits; zero of any other."""
    return float(dataset.header.get(NAME.format(column=column), "0"))
