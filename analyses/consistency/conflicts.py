"""Numbers of one record that contradict each other or a physical limit."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analyses.coded_text import Remark
from analyses.consistency.elementary import ElementarySystem, Row, elementary_system
from analyses.consistency.equation import equation_text
from analyses.consistency.factors import Factor, factors_of
from analyses.consistency.relation import Limit
from analyses.consistency.relations import RESULTS, WORDS
from analyses.consistency.wording import number_text, unit_of

Array = NDArray[np.float64]

ROUND_OFF = 1e-9
"""Logarithm of a ratio that is round-off of the arithmetic."""
UNBOUNDED = 1e9
"""Logarithm in place of infinity, which has no product with 0."""


@dataclass(frozen=True)
class Number:
    """A number of a record, with the interval it lies in.

    Parameters
    ----------
    magnitude : float
        Best value, of a bound its end [unit at the end of its name].
    lower, upper : float
        Interval: rounding bounds widened by the 95 % expanded uncertainty; `upper` is infinite where nothing is known.
        A lower end below 0 counts as 0.
    label : str
        What it is, for a message: `reported specific capacity`; empty for a constant, which messages leave out.
    is_recorded : bool, optional
        Whether it describes the cell rather than a measurement.
    is_of_data : bool, optional
        Whether it was computed from the data of a file.
    written : str, optional
        The number as a message gives it, if magnitude and unit do not: `42 %` of a porosity.
    """

    magnitude: float
    lower: float
    upper: float
    label: str
    is_recorded: bool = False
    is_of_data: bool = False
    written: str = ""

    def text(self, name: str) -> str:
        """Return label, number and unit."""
        written = self.written or f"{number_text(self.magnitude)} {unit_of(name)}".strip()
        return f"{self.label} {written}"


@dataclass(frozen=True)
class Conflict:
    """A smallest set of numbers that cannot be true together.

    Parameters
    ----------
    names : tuple of str
        The numbers; leaving out any one of them resolves this conflict.
    limit : Limit or None
        The physical limit that they are outside; None if they contradict each other.
    subject : str
        The number that `ratio` is about: the culprit, else the one that the limit or the message is about.
    ratio : float
        The number over what the others, or the limit, lead to.
    lower, upper : float
        Interval of the ratio; it does not hold 1, or is outside the limit.
    equation : str
        How the numbers depend on each other, in words; empty with a limit.
    culprit : str
        The number that, left out, resolves every conflict that shares numbers with this one; empty if there is none,
        or more than one.
    factor : tuple of (float, str) or None
        What the number may have to be multiplied by, and the question why.
    count : int
        Number of conflicting sets that share numbers, this one included.
    """

    names: tuple[str, ...]
    limit: Limit | None
    subject: str
    ratio: float
    lower: float
    upper: float
    equation: str
    culprit: str
    factor: Factor | None
    count: int


def find_conflicts(numbers: Mapping[str, Number], *, with_recorded: bool = False) -> tuple[Conflict, ...]:
    """Return the conflicts among the numbers of one record.

    Parameters
    ----------
    numbers : mapping of str to Number
        By name, as in the tables of relations and limits. One whose interval ends at or below 0 is left out.
    with_recorded : bool, optional
        Whether to return conflicts among recorded numbers alone, which all measurements of a cell share.

    Returns
    -------
    tuple of Conflict
        The smallest of each group of conflicts that share numbers; empty if all intervals have a common solution.

    Examples
    --------
    >>> numbers = {
    ...     "discharge_capacity_mah": Number(2.0, 1.9, 2.1, "capacity"),
    ...     "specific_capacity_mah_g": Number(300.0, 299.0, 301.0, "specific capacity"),
    ...     "active_mass_mg": Number(10.0, 9.9, 10.1, "active mass"),
    ... }
    >>> (conflict,) = find_conflicts(numbers)
    >>> conflict.names, conflict.subject, round(conflict.ratio, 2)
    (('active_mass_mg', 'discharge_capacity_mah', 'specific_capacity_mah_g'), 'active_mass_mg', 1.5)
    """
    usable = {name: number for name, number in numbers.items() if number.upper > 0}
    system = elementary_system(frozenset(usable))
    if not system.rows:
        return ()
    broken = _broken_rows(system, usable)
    conflicts = []
    for group in _groups(broken):
        shown = [row for row in group if with_recorded or not _is_recorded(row, usable)]
        if shown:
            conflicts.append(_conflict(shown, group, usable))
    return tuple(conflicts)


def compared_numbers(numbers: Mapping[str, Number]) -> frozenset[str]:
    """Return the names of the numbers of a measurement that a relation or a limit compares."""
    usable = {name: number for name, number in numbers.items() if number.upper > 0}
    rows = elementary_system(frozenset(usable)).rows
    return frozenset(name for row in rows for name in _numbers_of(row) if not numbers[name].is_recorded)


def _broken_rows(system: ElementarySystem, numbers: Mapping[str, Number]) -> list[Row]:
    """Return the relations whose interval excludes 1, or is outside their limit."""
    limits = {row.limit.name: row.limit for row in system.rows if row.limit}
    ends = [(numbers.get(name) or limits[name]) for name in system.names]
    low = np.array([_log(end.lower) for end in ends])
    high = np.array([_log(end.upper) for end in ends])
    least = system.positive @ low - system.negative @ high + system.constants
    most = system.positive @ high - system.negative @ low + system.constants
    return [system.rows[index] for index in np.flatnonzero((least > ROUND_OFF) | (most < -ROUND_OFF))]


def _log(number: float) -> float:
    if number <= 0:
        return -UNBOUNDED
    return UNBOUNDED if math.isinf(number) else math.log(number)


def _numbers_of(row: Row) -> tuple[str, ...]:
    """Return the names of the numbers of a relation, without its limit."""
    return tuple(name for name in row.exponents if row.limit is None or name != row.limit.name)


def _is_recorded(row: Row, numbers: Mapping[str, Number]) -> bool:
    return all(numbers[name].is_recorded for name in _numbers_of(row))


def _groups(rows: Sequence[Row]) -> list[list[Row]]:
    """Return relations that share numbers, directly or through others, together."""
    groups: list[list[Row]] = []
    for row in rows:
        names = set(_numbers_of(row))
        sharing = [group for group in groups if any(names & set(_numbers_of(other)) for other in group)]
        merged = [*(other for group in sharing for other in group), row]
        groups = [group for group in groups if not any(group is other for other in sharing)] + [merged]
    return groups


def _conflict(shown: Sequence[Row], group: Sequence[Row], numbers: Mapping[str, Number]) -> Conflict:
    """Return the smallest conflict of a group, with the culprit of the whole group."""
    row = min(shown, key=lambda row: (len(_numbers_of(row)), row.limit is None))
    named = [name for name in _numbers_of(row) if numbers[name].label]
    names = tuple(sorted(named, key=lambda name: numbers[name].is_recorded))
    in_all = [name for name in names if all(name in other.exponents for other in group)]
    culprit = in_all[0] if len(in_all) == 1 else ""
    subject = culprit or _subject(row, numbers)
    lower, ratio, upper = _ratio(row, subject, numbers)
    exponents = {name: row.exponents[name] for name in _numbers_of(row)}
    equation = equation_text(exponents, row.log_constant, subject, WORDS) if row.limit is None else ""
    return Conflict(
        names,
        row.limit,
        subject,
        ratio,
        lower,
        upper,
        equation,
        culprit,
        _factor(row, group, culprit, numbers),
        len(group),
    )


def _subject(row: Row, numbers: Mapping[str, Number]) -> str:
    """Return the number a message is about: that of the limit if it is known, else the first of a measurement."""
    names = _numbers_of(row)
    if row.limit is not None and row.limit.subject in names:
        return row.limit.subject
    measured = [name for name in names if not numbers[name].is_recorded] or list(names)
    return next((name for name in measured if name in RESULTS), measured[0])


def _ratio(row: Row, subject: str, numbers: Mapping[str, Number]) -> tuple[float, float, float]:
    """Return the lower end, the best value and the upper end of the subject over what the rest leads to; of a limit,
    those of its product."""
    names = _numbers_of(row)
    power = row.exponents[row.limit.name] * -1 if row.limit else row.exponents[subject]
    low = high = best = row.log_constant
    for name in names:
        exponent, number = row.exponents[name], numbers[name]
        ends = sorted((exponent * _log(number.lower), exponent * _log(number.upper)))
        low, high = low + ends[0], high + ends[1]
        best += exponent * _log(number.magnitude)
    ends = sorted((low / power, high / power))
    return _exp(ends[0]), _exp(best / power), _exp(ends[1])


def _exp(logarithm: float) -> float:
    return math.inf if logarithm > 700 else math.exp(logarithm)


def _factor(row: Row, group: Sequence[Row], culprit: str, numbers: Mapping[str, Number]) -> Factor | None:
    """Return the first usual factor of the culprit, else of a number of a measurement, that resolves every conflict."""
    names = [culprit] if culprit else [name for name in _numbers_of(row) if not numbers[name].is_recorded]
    if not culprit and row.limit is not None:
        names = [_subject(row, numbers)]
    for name in names or _numbers_of(row):
        number = numbers[name]
        if number.written:
            continue
        for factor, question in factors_of(name, is_of_data=number.is_of_data):
            scaled = replace(number, lower=number.lower * factor, upper=number.upper * factor)
            if all(_holds(other, {**numbers, name: scaled}) for other in group if name in other.exponents):
                # Of a culprit or the subject of a limit, which the sentence is about, "it" is clear.
                is_subject = culprit or row.limit is not None
                return factor, question if is_subject else question.replace("is it", f"is the {number.label}", 1)
    return None


def _holds(row: Row, numbers: Mapping[str, Number]) -> bool:
    """Whether a relation holds, and of a limit the likely range."""
    lower, _, upper = _ratio(row, _numbers_of(row)[0], numbers)
    low, high = (max(row.limit.lower, row.limit.plausible), row.limit.upper) if row.limit else (1.0, 1.0)
    return lower <= high * (1 + ROUND_OFF) and upper >= low * (1 - ROUND_OFF)


def remark_of(conflict: Conflict, numbers: Mapping[str, Number]) -> Remark:
    """Return a conflict as a sentence that names the numbers, the ratio, the relation and a likely cause.

    Parameters
    ----------
    conflict : Conflict
        Of `numbers`.
    numbers : mapping of str to Number
        The numbers of the record, by name.

    Returns
    -------
    Remark
        Its code is that of the limit, `number-contradicts-others` with a culprit, else `numbers-contradict`.
    """
    listed = ", ".join(numbers[name].text(name) for name in conflict.names)
    shared = {
        "subject": _subject_text(conflict, numbers),
        "ratio": number_text(float(f"{conflict.ratio:.3g}")),
        "hint": _hint(conflict),
        "numbers": [numbers[name].label for name in conflict.names],
        "quantities": list(conflict.names),
        "culprit": conflict.culprit,
        "factor": conflict.factor[0] if conflict.factor else None,
    }
    if conflict.limit is not None:
        limit = conflict.limit
        return Remark(limit.code, limit.text, limit=_limit_text(conflict, numbers), source=limit.source, **shared)
    if conflict.culprit:
        return Remark(
            "number-contradicts-others",
            "{subject} is {ratio} times the value implied by the other numbers ({relation}; {listed}): without it, "
            "all others agree{hint}",
            listed=listed,
            relation=conflict.equation,
            **shared,
        )
    return Remark(
        "numbers-contradict",
        "These numbers contradict each other by a factor of {ratio} ({relation}): {listed}{hint}",
        listed=listed,
        relation=conflict.equation,
        **shared,
    )


def _hint(conflict: Conflict) -> str:
    if conflict.factor is None:
        question = conflict.limit.question if conflict.limit else ""
        return f": {question}?" if question else "."
    factor, question = conflict.factor
    return f": {question} (× {number_text(factor)})?"


def _subject_text(conflict: Conflict, numbers: Mapping[str, Number]) -> str:
    """Return the number a message is about; of a limit on an unknown number, what the known ones lead to."""
    limit = conflict.limit
    if limit is None or limit.subject in conflict.names:
        subject = limit.subject if limit else conflict.subject
        return numbers[subject].text(subject)
    compared = {name for name, _ in limit.exponents}
    known = ", ".join(numbers[name].text(name) for name in conflict.names if name not in compared)
    return f"{WORDS.get(limit.subject, limit.subject)} from {known}"


def _limit_text(conflict: Conflict, numbers: Mapping[str, Number]) -> str:
    """Return the number that a limit compares with."""
    assert conflict.limit is not None
    if conflict.limit.compared:
        return f"the {conflict.limit.compared}"
    names = [name for name, _ in conflict.limit.exponents if name != conflict.limit.subject]
    return f"the {', '.join(_compared_text(name, numbers) for name in names)}" if names else "the highest possible"


def _compared_text(name: str, numbers: Mapping[str, Number]) -> str:
    if name not in numbers:
        return WORDS.get(name, name)
    number = numbers[name]
    return f"{number.label} ({number.text(name).removeprefix(number.label).strip()})"
