"""A column mapping suggested from a table: by the names of its columns, their units, and the ranges of their numbers.

A suggestion is for a person to confirm: nothing is read by it before. Each column has a reason and a confidence:
`high` if its header names quantity and unit, `medium` if the unit is the usual one of the name or the numbers show what
the column is, `low` if another unit is as likely.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from analyses.coded_text import Remark
from registry.contract.dataset_columns import COUNT
from registry.contract.reader_support.columns.column_headers import (
    COLUMNS,
    MINUS,
    column_named,
    has_other_unit,
    parse_header,
)
from registry.contract.reader_support.columns.column_units import PERCENT, HeaderError, factor_to
from registry.contract.reader_support.columns.impedance_columns import IMAGINARY, MODULUS, PHASE, REAL
from registry.contract.reader_support.datasets.frequency_sweeps import find_sweeps
from registry.contract.reader_support.time.clock_times import is_elapsed

Array = NDArray[np.float64]
Confidence = Literal["high", "medium", "low"]
CONFIDENCES: tuple[Confidence, ...] = ("high", "medium", "low")

WRITTEN = {
    "frequency_hertz": "Frequency",
    "real_impedance_ohm": "Z'",
    "imaginary_impedance_ohm": "Z''",
    "impedance_modulus_ohm": "|Z|",
    "impedance_phase_degree": "Phase",
    "test_time_second": "Test time",
    "step_time_second": "Step time",
    "voltage_volt": "Voltage",
    "current_ampere": "Current",
    "charging_capacity_ah": "Charge capacity",
    "discharging_capacity_ah": "Discharge capacity",
    "charging_energy_wh": "Charge energy",
    "discharging_energy_wh": "Discharge energy",
}
"""Names in a suggestion; the unit follows. Other columns have their canonical name."""
LOGARITHM = "log "
WORDS = {
    "freq": "frequency_hertz",
    "volt": "voltage_volt",
    "curr": "current_ampere",
    "phase": PHASE,
    "modul": MODULUS,
    "real": REAL,
    "imag": IMAGINARY,
    "cycle": "cycle_count",
}
"""Beginnings of words of a longer header, ‘Applied voltage’; only if no other column has the name."""
OF_HALF_CYCLES = "half"
"""A word before ‘cycle’ that makes it another count."""
LARGEST_SHARE = 2.0
"""Numbers up to it are shares of one rather than percent."""
SERIES = ("test_time_second", "voltage_volt", "current_ampere")
CAPACITIES = ("charging_capacity_ah", "discharging_capacity_ah")
ENERGIES = ("charging_energy_wh", "discharging_energy_wh")
FEWEST_ROWS = 3
MOSTLY = 0.8
LEAST_SPAN = 10.0
"""Ratio of the largest to the smallest frequency of a spectrum."""
MOST_VOLTS = 20.0
LARGE_AMPERES, SMALL_AMPERES = 10.0, 0.02
"""Above, a current without a unit is in mA for any test cell; below, in A."""
SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0}
CHARGE_AGREES = 0.1


@dataclass(frozen=True)
class SuggestedColumn:
    """Probable meaning of a column."""

    header: str
    """The header, or the position from 0."""
    name: str
    """As in a column mapping: `Current / mA`."""
    confidence: Confidence
    reason: Remark


@dataclass(frozen=True)
class _Column:
    """A column of the table: header, cells and numbers (NaN where a cell is not one)."""

    header: str
    cells: tuple[str, ...]
    numbers: Array

    @property
    def is_numeric(self) -> bool:
        """Return True for numbers, a few gaps allowed: reading the file names them."""
        return bool(self.numbers.size) and float(np.isfinite(self.numbers).mean()) > MOSTLY


@dataclass(frozen=True)
class _Guess:
    canonical: str
    unit: str
    confidence: Confidence
    reason: Remark
    sign: str = ""
    """Before the name: a minus for a column whose sign is to be turned, `LOGARITHM` for a decimal logarithm."""


def suggest_columns(
    headers: Sequence[str], cells: Sequence[Sequence[str]], *, has_headers: bool
) -> tuple[SuggestedColumn, ...]:
    """Return what the columns of a table probably are, in their order; those that stay unknown are left out.

    Parameters
    ----------
    headers
        A header for each column, or its position from 0 if there are none.
    cells
        The cells of each column as text, with decimal points.
    has_headers
        False if the headers are positions.
    """
    columns = [_Column(header, tuple(column), _numbers(column)) for header, column in zip(headers, cells, strict=True)]
    guesses = _by_name(columns) if has_headers else _by_numbers(columns)
    if _is_incomplete_series(columns, guesses):
        return ()
    _adjust_series(columns, guesses)
    _adjust_impedance(columns, guesses)
    return tuple(
        SuggestedColumn(columns[index].header, _written(guess), guess.confidence, guess.reason)
        for index, guess in sorted(guesses.items())
    )


def _numbers(cells: Sequence[str]) -> Array:
    numbers = np.full(len(cells), np.nan)
    for index, cell in enumerate(cells):
        try:
            numbers[index] = float(cell)
        except ValueError:
            continue
    numbers[np.isinf(numbers)] = np.nan
    return numbers


def _is_incomplete_series(columns: Sequence[_Column], guesses: Mapping[int, _Guess]) -> bool:
    """Return True for several rows a cycle without time, voltage and current: not a table of one row per cycle."""
    at = {guess.canonical: index for index, guess in guesses.items()}
    if "cycle_count" not in at or set(SERIES) <= at.keys() or REAL in at or MODULUS in at:
        return False
    cycles = columns[at["cycle_count"]].numbers
    return bool(np.unique(cycles).size < cycles.size)


def _written(guess: _Guess) -> str:
    """Return the name of a guess in a column mapping."""
    if guess.unit == COUNT:
        return f"{guess.sign}{guess.canonical}"
    name = WRITTEN.get(guess.canonical) or next(iter(COLUMNS[guess.canonical][1]), guess.canonical)
    return f"{guess.sign}{name} / {guess.unit}"


def _by_name(columns: Sequence[_Column]) -> dict[int, _Guess]:
    """Return a guess for each header that names a known column, or has its word; each column once."""
    candidates = [
        (index, guess)
        for of_header in (_of_header, _of_word)
        for index, column in enumerate(columns)
        if (guess := of_header(column)) is not None
    ]
    guesses: dict[int, _Guess] = {}
    for index, guess in sorted(candidates, key=lambda candidate: CONFIDENCES.index(candidate[1].confidence)):
        if index not in guesses and guess.canonical not in {other.canonical for other in guesses.values()}:
            guesses[index] = guess
    return guesses


def _of_header(column: _Column) -> _Guess | None:
    if has_other_unit(column.header):
        return None
    try:
        head = parse_header(column.header)
    except HeaderError:
        head = None
    sign = "-" if column.header.strip()[:1] in MINUS and column.header.strip() else ""
    if head is not None:
        reason = Remark(
            "header-names-column", "‘{header}’ names {column} and its unit", header=column.header, column=head.canonical
        )
        sign = LOGARITHM if head.is_logarithm else sign
        unit = "clock" if head.is_clock else COUNT if head.is_machine_name else head.written_unit
        if head.is_machine_name:
            return _Guess(head.canonical, COUNT, "high", reason, sign)
        return _Guess(head.canonical, unit, "high", reason, sign) if column.is_numeric or head.is_clock else None
    canonical = column_named(column.header)
    return _with_usual_unit(column, canonical, sign) if canonical else None


def _of_word(column: _Column) -> _Guess | None:
    words = re.split(r"[^a-z]+", column.header.casefold())
    canonical = next((name for part, name in WORDS.items() if any(word.startswith(part) for word in words)), "")
    if canonical == "cycle_count" and OF_HALF_CYCLES in words:
        return None
    if not canonical or not column.is_numeric or has_other_unit(column.header, COLUMNS[canonical][0]):
        return None
    guess = _with_usual_unit(column, canonical, "")
    return replace(guess, confidence="low") if guess else None


def _with_usual_unit(column: _Column, canonical: str, sign: str) -> _Guess | None:
    """Return the guess of a header without a unit that can be read: a unit among its words, or the usual one."""
    target = COLUMNS[canonical][0]
    if target == "s" and column.cells and all(is_elapsed(cell) for cell in column.cells):
        reason = Remark("cells-are-clock-times", "‘{header}’ has clock times", header=column.header)
        return _Guess(canonical, "clock", "high", reason)
    if not column.is_numeric:
        return None
    if target == PERCENT and float(np.nanmax(np.abs(column.numbers))) <= LARGEST_SHARE:
        return None
    words = re.split(r"[\s,_/()\[\]]+", column.header)
    unit = next((word for word in reversed(words[1:]) if target != COUNT and factor_to(target, word) is not None), "")
    if unit:
        reason = Remark("header-has-unit", "‘{header}’ has the unit {unit}", header=column.header, unit=unit)
        return _Guess(canonical, unit, "high", reason, sign)
    if target == COUNT:
        reason = Remark("header-names-count", "‘{header}’ names {column}", header=column.header, column=canonical)
        return _Guess(canonical, COUNT, "high", reason)
    reason = Remark(
        "unit-assumed", "‘{header}’ names {column} without a unit: {unit} is usual", header=column.header,
        column=canonical, unit=target,
    )  # fmt: skip
    return _Guess(canonical, target, "medium", reason, sign)


def _by_numbers(columns: Sequence[_Column]) -> dict[int, _Guess]:
    """Return the guesses for a table without headers: a spectrum, if a column can be its frequency."""
    numeric = [index for index, column in enumerate(columns) if column.is_numeric]
    at = next((index for index in numeric if _is_frequency(columns[index].numbers)), None)
    rest = [index for index in numeric if at is not None and index > at]
    if at is None or len(rest) < 2 or columns[0].numbers.size < FEWEST_ROWS:
        return {}
    reason = Remark(
        "numbers-like-frequency",
            "column {header} is positive and monotonic over {decades:.1f} decades, like a "
            "frequency",
        header=columns[at].header,
        decades=float(np.log10(columns[at].numbers.max() / columns[at].numbers.min())),
    )  # fmt: skip
    after = Remark("columns-after-frequency", "the columns after the frequency are usually Z′ and Z″, in Ω")
    return {
        at: _Guess("frequency_hertz", "Hz", "medium", reason),
        rest[0]: _Guess(REAL, "Ω", "medium", after),
        rest[1]: _Guess(IMAGINARY, "Ω", "medium", after),
    }


def _is_frequency(numbers: Array) -> bool:
    """Return True for positive numbers in the order of a sweep over at least a decade, in steps of equal ratio."""
    if numbers.size < FEWEST_ROWS or not (numbers > 0).all() or numbers.max() < LEAST_SPAN * numbers.min():
        return False
    sweeps = find_sweeps(numbers)
    first = np.log(numbers[: sweeps.sweeps[0].end])
    steps = np.abs(np.diff(first))
    steps = steps[steps > 0]
    is_even = steps.size > 0 and float(np.quantile(steps, 0.9)) < 3 * float(np.quantile(steps, 0.1))
    return not sweeps.is_unordered and is_even


def _adjust_impedance(columns: Sequence[_Column], guesses: dict[int, _Guess]) -> None:
    """Leave out magnitude and phase next to the two parts, find the unit of a phase, and the sign of Z″."""
    at = {guess.canonical: index for index, guess in guesses.items()}
    if REAL in at and IMAGINARY in at:
        for name in (MODULUS, PHASE):
            if name in at:
                del guesses[at[name]]
    elif PHASE in at and guesses[at[PHASE]].confidence != "high":
        index = at[PHASE]
        largest = float(np.nanmax(np.abs(columns[index].numbers)))
        unit = "°" if largest > np.pi else "rad"
        reason = Remark(
            "phase-unit-by-range", "‘{header}’ reaches {largest:.3g}, like a phase in {unit}",
            header=columns[index].header, largest=largest, unit=unit,
        )  # fmt: skip
        confidence: Confidence = "medium" if largest > np.pi else "low"
        guesses[index] = replace(guesses[index], unit=unit, reason=reason, confidence=confidence)
    for name in (IMAGINARY, PHASE):
        if name in at and at[name] in guesses:
            _adjust_sign(columns[at[name]], guesses, at[name])


def _adjust_sign(column: _Column, guesses: dict[int, _Guess], index: int) -> None:
    """Turn the sign of Z″ or phase if it is positive at most points, as of a capacitive response written as −Z″."""
    turned = -column.numbers if guesses[index].sign else column.numbers
    positive = int(np.count_nonzero(turned > 0))
    if positive <= 0.5 * turned.size or float(np.nansum(turned)) <= 0:
        return
    reason = Remark(
        "sign-by-range", "‘{header}’ is positive at {positive} of {points} points, like −Z″ of a capacitive response",
        header=column.header, positive=positive, points=turned.size,
    )  # fmt: skip
    sign = "" if guesses[index].sign else "-"
    guesses[index] = replace(guesses[index], sign=sign, confidence="low", reason=reason)


def _adjust_series(columns: Sequence[_Column], guesses: dict[int, _Guess]) -> None:
    """Find the units of voltage, current, charge and time: by the size of the numbers, and charge = current × time."""
    at = {guess.canonical: index for index, guess in guesses.items() if guess.confidence != "high"}
    if "voltage_volt" in at:
        index = at["voltage_volt"]
        largest = float(np.nanmax(np.abs(columns[index].numbers)))
        if largest > MOST_VOLTS:
            guesses[index] = _with_size(columns[index], guesses[index], "mV", largest)
    if "current_ampere" in at:
        index = at["current_ampere"]
        largest = float(np.nanmax(np.abs(columns[index].numbers)))
        is_small = 0 < largest < SMALL_AMPERES
        unit = "A" if is_small else "mA"
        guess = _with_size(columns[index], guesses[index], unit, largest)
        guesses[index] = replace(guess, confidence="medium" if largest > LARGE_AMPERES or is_small else "low")
        for name, base in [*((name, "Ah") for name in CAPACITIES), *((name, "Wh") for name in ENERGIES)]:
            if name in at:
                reason = Remark(
                    "unit-of-current", "‘{header}’ in the unit of the current", header=columns[at[name]].header
                )
                confidence = guesses[index].confidence
                guesses[at[name]] = replace(
                    guesses[at[name]], unit=unit.replace("A", base), reason=reason, confidence=confidence
                )
    if "test_time_second" in at and guesses[at["test_time_second"]].unit != "clock":
        _adjust_time(columns, guesses, at["test_time_second"])


def _with_size(column: _Column, guess: _Guess, unit: str, largest: float) -> _Guess:
    reason = Remark(
        "unit-by-size", "‘{header}’ reaches {largest:.3g}: in {unit}, if it is of a test cell",
        header=column.header, largest=largest, unit=unit,
    )  # fmt: skip
    return replace(guess, unit=unit, reason=reason)


def _adjust_time(columns: Sequence[_Column], guesses: dict[int, _Guess], index: int) -> None:
    """Find the unit of a time by the charge counted in the unit of the current."""
    numbers = {guess.canonical: columns[number].numbers for number, guess in guesses.items()}
    units = {guess.canonical: guess.unit for guess in guesses.values()}
    current, time = numbers.get("current_ampere"), columns[index].numbers
    for name in CAPACITIES:
        counter = numbers.get(name)
        same = units.get("current_ampere", "") + "h" == units.get(name)
        if current is None or counter is None or not same:
            continue
        step, counted = np.diff(time), np.diff(counter)
        moved = (counted > 0) & (step > 0) & (current[1:] * current[:-1] > 0)
        hours = np.abs(0.5 * (current[1:] + current[:-1]) * step)[moved].sum()
        if not hours:
            continue
        seconds = 3600 * counted[moved].sum() / hours
        unit = next((unit for unit, size in SECONDS.items() if abs(seconds / size - 1) < CHARGE_AGREES), "")
        if unit:
            reason = Remark(
                "time-by-charge", "‘{header}’ in {unit}: current × time then agrees with ‘{counter}’",
                header=columns[index].header, unit=unit, counter=name,
            )  # fmt: skip
            guesses[index] = replace(guesses[index], unit=unit, reason=reason, confidence="high")
            return
