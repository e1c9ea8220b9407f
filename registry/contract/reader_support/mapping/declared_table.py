"""Tables whose column headers declare names and units: which columns they have, their technique, and their datasets."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyses.coded_text import Listed
from registry.contract.declared_columns import declared_tables
from registry.contract.outcome import Message
from registry.contract.reader import ParsedDataset, UnreadableFile
from registry.contract.reader_support.columns.column_headers import (
    COLUMNS,
    KnownColumn,
    named_column,
    parse_header,
    synonym_error,
)
from registry.contract.reader_support.columns.column_synonyms import OF_A_LOG
from registry.contract.reader_support.columns.column_units import HeaderError
from registry.contract.reader_support.columns.electrode_potentials import (
    COUNTER,
    VOLTAGE,
    WORKING,
    give_voltage,
    with_difference,
)
from registry.contract.reader_support.columns.impedance_columns import (
    ANGULAR_FREQUENCY,
    IMAGINARY,
    MODULUS,
    PHASE,
    REAL,
    convert_columns,
    derived_columns,
)
from registry.contract.reader_support.datasets.cycler_series import series_warnings, sum_counters
from registry.contract.reader_support.datasets.spectrum import spectrum_datasets
from registry.contract.reader_support.mapping.column_mapping import MAPPING_HINT, parse_mapping
from registry.contract.reader_support.tables.instrument_table import unread_columns
from registry.contract.reader_support.time.clock_changes import without_changes_of_day_clock
from registry.contract.reader_support.time.clock_times import past_midnight

Array = NDArray[np.float64]

TIME = "test_time_second"
TIME_SERIES = ("test_time_second", "voltage_volt", "current_ampere")
PER_CYCLE = ("cycle_count", "cycle_discharging_capacity_ah")
SPECIFIC_PER_CYCLE = ("cycle_count", "cycle_discharging_specific_capacity_ah_per_gram")
AREAL_PER_CYCLE = ("cycle_count", "cycle_discharging_areal_capacity_ah_per_square_centimetre")
SPECIFIC_CURRENT = ("test_time_second", "voltage_volt", "specific_current_ampere_per_gram")
CURRENT_DENSITY = ("test_time_second", "voltage_volt", "current_density_ampere_per_square_centimetre")
SERIES = (TIME_SERIES, SPECIFIC_CURRENT, CURRENT_DENSITY)
"""Columns of a time series, whose current may be per mass or area."""
SPECTRUM = ("frequency_hertz", REAL, IMAGINARY)
PRESSURE = ("test_time_second", "stack_pressure_megapascal")
FORCE = ("test_time_second", "stack_force_newton")
DIFFRACTOGRAM = ("two_theta_degree", "intensity_count")
COUNT_RATE = ("two_theta_degree", "intensity_count_per_second")
IN_WORDS = {
    TIME_SERIES: "time, voltage and current",
    PER_CYCLE: "cycle number and discharge capacity",
    SPECTRUM: "frequency and the two parts of the impedance, or its magnitude and phase",
    PRESSURE: "time and stack pressure",
    FORCE: "time and stack force",
    DIFFRACTOGRAM: "diffraction angle and intensity",
}
TECHNIQUE_OF = {
    SPECTRUM: "eis",
    TIME_SERIES: "",
    PER_CYCLE: "cycling",
    SPECIFIC_PER_CYCLE: "cycling",
    AREAL_PER_CYCLE: "cycling",
    SPECIFIC_CURRENT: "cycling",
    CURRENT_DENSITY: "",
    PRESSURE: "pressure",
    FORCE: "pressure",
    DIFFRACTOGRAM: "xrd",
    COUNT_RATE: "xrd",
}
OF_A_CYCLE = {
    "discharging_capacity_ah": "cycle_discharging_capacity_ah",
    "charging_capacity_ah": "cycle_charging_capacity_ah",
}
PER_CYCLE_ONLY = frozenset(
    name for name in COLUMNS if name.startswith("cycle_") and name.endswith(("_per_gram", "_per_square_centimetre"))
)
"""Columns per mass or area of a table of one row per cycle; a time series has its current for them."""
OF_WORKING_ELECTRODE = re.compile(r"-?\s*<?ewe>?(?!\s*-)", re.IGNORECASE)
STEP_TYPES = (
    "step type", "steptype", "step name", "state", "step state", "zustand", "schritttyp",
    "工步类型", "工步名称", "状态",
)  # fmt: skip
"""Headers of the kind of a step, such as ‘CC DChg’, ‘Discharge’ or ‘D’."""
FEWEST_KNOWN = 2
"""Known columns that a table must name."""


def _derived(names: set[str]) -> set[str]:
    """Return the names with those that can be computed from them."""
    return derived_columns(names) | ({VOLTAGE} if give_voltage(names) else set())


def is_series_without_time(names: set[str]) -> bool:
    """Return whether only the time is missing to a series over time, of a cycler or of a pressure sensor."""
    have = _derived(names)
    return TIME not in have and any(have >= set(columns) - {TIME} for columns in (*SERIES, PRESSURE, FORCE))


def read_headers(labels: Sequence[str], line: int) -> dict[int, KnownColumn]:
    """Return the known columns of the header in a line, by index, each name once.

    A column whose unit cannot be read is left out if another one has its
    name.

    Raises
    ------
    UnreadableFile
        For a known name without a unit that fits, two columns of one name, or a table that lacks a column.
    """
    headers: dict[int, KnownColumn] = {}
    errors: dict[int, HeaderError] = {}
    for index, label in enumerate(labels):
        if label and label in labels[:index]:
            raise UnreadableFile(
                "duplicate-column",
                "line {line_number}: columns {first} and {index} are both ‘{label}’: rename one of them",
                line_number=line,
                first=labels.index(label) + 1,
                index=index + 1,
                label=label,
            )
        try:
            head = parse_header(label)
        except HeaderError as error:
            errors[index] = error
            continue
        if head:
            headers[index] = head
    names = {head.canonical for head in headers.values()}
    for index, error in errors.items():
        if named_column(labels[index]) not in names:
            raise _invalid_column(line, index, labels[index], error)
    headers = _of_electrodes(headers, labels)
    _refuse_unread_synonyms(headers, labels, line)
    return settled_headers(headers, labels, f"line {line}")


def _of_electrodes(headers: Mapping[int, KnownColumn], labels: Sequence[str]) -> dict[int, KnownColumn]:
    """Return the columns with Ewe next to Ece as the potential of an electrode; alone it is the voltage of the cell."""
    if COUNTER not in {head.canonical for head in headers.values()}:
        return dict(headers)
    return {
        index: replace(head, canonical=WORKING)
        if head.canonical == VOLTAGE and OF_WORKING_ELECTRODE.match(labels[index].strip())
        else head
        for index, head in headers.items()
    }


def _refuse_unread_synonyms(headers: Mapping[int, KnownColumn], labels: Sequence[str], line: int) -> None:
    """Raise `UnreadableFile` if a table that lacks columns has names whose unit is missing or does not fit."""
    have = _derived({head.canonical for head in headers.values()})
    if any(have.issuperset(needed) for needed in (*TECHNIQUE_OF, *(names for _, names in declared_tables()))):
        return
    errors = {
        index: error
        for index, label in enumerate(labels)
        if index not in headers and (error := synonym_error(label)) is not None
    }
    if errors and len(errors) + len(headers) > FEWEST_KNOWN:
        index, error = next(iter(errors.items()))
        raise _invalid_column(line, index, labels[index], error)


def _invalid_column(line: int, index: int, label: str, error: HeaderError) -> UnreadableFile:
    return UnreadableFile(
        "invalid-column",
        "line {line}, column {column}: ‘{header}’ {error}, {mapping_hint}",
        line=line,
        column=index + 1,
        header=label,
        error=error,
        mapping_hint=MAPPING_HINT,
    )


def settled_headers(headers: Mapping[int, KnownColumn], labels: Sequence[str], where: str) -> dict[int, KnownColumn]:
    """Return the columns, each name once; ‘Discharge capacity’ of a table without time is that of a cycle.

    A column under its plain name goes before one under a synonym, and a number before its logarithm.
    """
    have = {head.canonical for head in headers.values()}
    as_numbers = {head.canonical for head in headers.values() if not head.is_logarithm}
    plain = {head.canonical for head in headers.values() if not head.is_synonym}
    is_time_series = any(set(names) <= have for names in SERIES)
    settled: dict[int, KnownColumn] = {}
    taken: dict[str, int] = {}
    for index, head in headers.items():
        canonical = head.canonical
        if (is_time_series and canonical in PER_CYCLE_ONLY) or (head.is_synonym and canonical in plain):
            continue
        if head.is_logarithm and canonical in as_numbers:
            continue
        if head.is_synonym and canonical in OF_A_LOG and (VOLTAGE in have or is_time_series):
            continue
        if not is_time_series and not head.is_machine_name:
            canonical = OF_A_CYCLE.get(canonical, canonical)
        if canonical in taken:
            other = taken[canonical]
            raise UnreadableFile(
                "duplicate-column",
                "{where}: columns {other} (‘{labels}’) and {index} (‘{other_label}’) are both {canonical}: remove or "
                "rename one of them",
                where=where,
                other=other + 1,
                labels=labels[other],
                index=index + 1,
                other_label=labels[index],
                canonical=canonical,
            )
        taken[canonical] = index
        settled[index] = replace(head, canonical=canonical)
    return settled


def technique_of(
    headers: Mapping[int, KnownColumn], labels: Sequence[str], where: str, has: str = "the header has"
) -> str:
    """Return the technique the columns decide, or refuse by naming the columns that are missing.

    `where` says where the header is, and `has` introduces its labels. The technique is empty if the columns suit
    several: as the measurement says.
    """
    names = {head.canonical for head in headers.values()}
    have = _derived(names)
    built_in = next((technique for needed, technique in TECHNIQUE_OF.items() if have.issuperset(needed)), None)
    declaring = {technique.slug for technique, needed in declared_tables() if have.issuperset(needed)}
    if built_in == "eis" or (built_in is not None and not declaring):
        return built_in
    if declaring:
        return declaring.pop() if built_in is None and len(declaring) == 1 else ""
    in_words = {**IN_WORDS, **{tuple(needed): technique.name for technique, needed in declared_tables()}}
    nearest = max(in_words, key=lambda needed: len(have.intersection(needed)) / len(needed))
    shown = ", ".join(label for label in labels if label)[:300]
    missing = [name for name in nearest if name not in have]
    lacks = f"missing {', '.join(missing)} ({has} {shown})" if names else f"no known column in the header ({shown})"
    raise UnreadableFile(
        "missing-columns",
        "{where}: {lacks}; a table needs {named}: rename the columns, {mapping_hint}",
        where=where,
        lacks=lacks,
        named=", or ".join(f"{words} ({', '.join(needed)})" for needed, words in in_words.items()),
        mapping_hint=MAPPING_HINT,
    )


def check_mapping(mapping: Mapping[str, Any]) -> None:
    """Raise `UnreadableFile` unless the mapping names known columns, each once, that make a table together."""
    headers, where = parse_mapping(mapping).headers, "the column mapping"
    settled = settled_headers(dict(enumerate(headers.values())), list(headers), where)
    technique_of(settled, [head.canonical for head in settled.values()], where, "it gives")


def optional_columns(headers: Mapping[int, KnownColumn]) -> set[int]:
    """Return the columns that may have gaps, and are then left out.

    These are magnitude, phase or angular frequency next to what they give, with which they are only compared, and
    columns under a synonym that the technique does not need.
    """
    have = {head.canonical for head in headers.values()}
    replaced = {ANGULAR_FREQUENCY} if "frequency_hertz" in have else set()
    replaced |= {MODULUS, PHASE} if {REAL, IMAGINARY} <= have else set()
    tables = (*TECHNIQUE_OF, *(names for _, names in declared_tables()))
    needed = {name for names in tables if _derived(have).issuperset(names) for name in names}
    needed |= {ANGULAR_FREQUENCY, MODULUS, PHASE}
    needed |= {WORKING, COUNTER} if VOLTAGE not in have else set()
    return {
        index
        for index, head in headers.items()
        if head.canonical in replaced or (head.is_synonym and head.canonical not in needed)
    }


def step_type_column(labels: Sequence[str]) -> int | None:
    """Return the column of the kinds of steps (charge, discharge, rest), None if no header names it."""
    return next((index for index, label in enumerate(labels) if label.strip().casefold() in STEP_TYPES), None)


def is_without_direction(columns: Mapping[str, Array]) -> bool:
    """Return True if a current flows and is negative in no row."""
    current = columns.get("current_ampere", np.zeros(1))
    return bool((current > 0).any() and not (current < 0).any())


def continue_past_midnight(
    columns: dict[str, Array], headers: Mapping[int, KnownColumn], labels: Sequence[str]
) -> list[Message]:
    """Continue the times of a test over midnight where they are clock times without days, and return messages.

    The hours by which such a clock was set are taken out.
    """
    index = next((index for index, head in headers.items() if head.canonical == TIME and head.is_clock), None)
    if index is None or TIME not in columns:
        return []
    columns[TIME], messages = past_midnight(columns[TIME], labels[index])
    if messages:
        columns[TIME], changes = without_changes_of_day_clock(columns[TIME])
        messages += changes
    return messages


def table_datasets(
    technique: str,
    columns: dict[str, Array],
    header: Mapping[str, str],
    messages: Sequence[Message],
    *,
    label: str = "",
) -> tuple[ParsedDataset, ...]:
    """Return the datasets of one table: a spectrum for each sweep, otherwise one.

    Counters of charge and energy that are reset within a time series are summed.
    """
    remarks = [*messages, *convert_columns(columns)]
    columns, of_electrodes = with_difference(columns)
    remarks += of_electrodes
    if any(set(columns) >= set(names) for names in SERIES):
        remarks += [*sum_counters(columns), *series_warnings(columns)]
    if technique == "eis":
        return spectrum_datasets(columns, header, remarks, label=label)
    return (ParsedDataset(technique, columns, header, label, tuple(remarks)),)


def header_messages(
    headers: Mapping[int, KnownColumn], labels: Sequence[str], read: Collection[str], used: Sequence[int] = ()
) -> list[Message]:
    """Return what was converted, read as clock times, and not read.

    `read` has the names of the columns read, `used` the positions of others that served to read them.
    """
    dropped = [index for index, head in headers.items() if head.canonical not in read]
    headers = {index: head for index, head in headers.items() if head.canonical in read}
    messages = [
        Message(
            "unit-converted",
            "‘{header}’ read as {column}, multiplied by {factor:g}.",
            header=labels[index],
            column=head.canonical,
            factor=head.factor,
        )
        for index, head in headers.items()
        if not head.is_machine_name and head.factor != 1
    ]
    messages += [
        Message("logarithm-read", "‘{header}’ read as the decimal logarithm.", header=labels[index])
        for index, head in headers.items()
        if head.is_logarithm
    ]
    messages += [
        Message("unit-of-program", "‘{header}’ read in Ω, as ZPlot writes it.", header=labels[index])
        for index, head in headers.items()
        if head.is_unit_assumed
    ]
    messages += [
        Message("clock-times-read", "‘{header}’ read as hours:minutes:seconds.", header=labels[index])
        for index, head in headers.items()
        if head.is_clock
    ]
    messages += [
        Message("time-from-stamps", "Time counted from the first date and time of ‘{header}’.", header=labels[index])
        for index, head in headers.items()
        if head.is_stamp
    ]
    if dropped:
        messages.append(
            Message(
                "incomplete-columns-dropped",
                "Dropped columns with empty cells or text: {columns}.",
                columns=Listed(f"‘{labels[index].strip()}’" for index in dropped),
            )
        )
    return messages + unread_columns(labels, [*headers, *dropped, *used])
