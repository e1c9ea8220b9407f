"""The datasets of an EC-Lab file, text or binary: its spectra, and its time series."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from analyses.coded_text import Listed
from registry.contract.outcome import Message
from registry.contract.reader import ParsedDataset, UnreadableFile
from registry.contract.reader_support.columns.electrode_potentials import COUNTER, WORKING
from registry.contract.reader_support.columns.impedance_columns import MODULUS, PHASE, convert_columns, derived_columns
from registry.contract.reader_support.datasets import cycler_series, spectrum
from registry.contract.reader_support.eclab.eclab_columns import (
    AUXILIARY,
    INCREMENT,
    complete_columns,
    with_cell_voltage,
    with_charge,
)

Array = NDArray[np.float64]

TECHNIQUES = {
    "galvanostatic cycling": "cycling",
    "chronoamperometry": "chronoamperometry",
    "constant current": "cycling",
    "modulo bat": "cycling",
    "battery capacity determination": "cycling",
    "open circuit voltage": "open_circuit",
}
"""Beginnings of EC-Lab's names of techniques; others are left to the measurement."""
BETWEEN = "between spectra"
"""An auxiliary column: 1 at rows of a time series, 0 at those of a spectrum."""
ROW = "row"
"""An auxiliary column: the row of the table, from 0."""
VOLTAGE_SERIES = {name: title for name, title in cycler_series.NEEDED.items() if name != "current_ampere"}


def technique_of(name: str) -> str:
    """Return the technique of a name of EC-Lab, empty if the measurement says what it is."""
    plain = name.strip().casefold()
    return next((technique for prefix, technique in TECHNIQUES.items() if plain.startswith(prefix)), "")


def needed_columns(available: Sequence[str], name: str) -> Mapping[str, str]:
    """Return the columns a file must have, with their titles: those of a spectrum if it has one of them, otherwise
    time and voltage, and a current, unless EC-Lab's technique of that name has none."""
    if not derived_columns(set(available)).isdisjoint(spectrum.NEEDED):
        return spectrum.NEEDED
    has_current = not {"current_ampere", INCREMENT, "net_capacity_ah"}.isdisjoint(available)
    is_known = technique_of(name) not in ("", "open_circuit")
    return cycler_series.NEEDED if has_current or is_known else VOLTAGE_SERIES


def required_columns(available: Sequence[str], name: str) -> tuple[dict[str, str], Listed]:
    """Return the columns of `needed_columns` as the file has them, and which of them it lacks.

    Potentials of the electrodes stand in for a voltage, a charge for a current, and magnitude with phase for the parts
    of an impedance.
    """
    polar = (MODULUS, PHASE)
    instead = {
        "real_impedance_ohm": polar if set(polar) <= set(available) else ("real_impedance_ohm",),
        "imaginary_impedance_ohm": polar if set(polar) <= set(available) else ("imaginary_impedance_ohm",),
        "voltage_volt": (WORKING, COUNTER) if COUNTER in available else (WORKING,),
        "current_ampere": (INCREMENT,) if INCREMENT in available else ("net_capacity_ah",),
    }
    required: dict[str, str] = {}
    missing = []
    for column, title in needed_columns(available, name).items():
        sources = (column,) if column in available else instead.get(column, (column,))
        required |= dict.fromkeys(sources, title)
        if not set(sources) <= set(available):
            missing.append(f"{column} ({title})")
    return required, Listed(missing)


def eclab_datasets(
    columns: Mapping[str, Array], name: str, header: Mapping[str, str], messages: Sequence[Message]
) -> tuple[ParsedDataset, ...]:
    """Return each spectrum, and the time series, of the columns of a file.

    Parameters
    ----------
    columns
        Columns as named by `eclab_columns`, in canonical units; each of shape (rows,).
    name
        EC-Lab's name of the technique.
    header, messages
        Those of each dataset.

    Raises
    ------
    UnreadableFile
        If a needed column is missing or has gaps, or there is no impedance in a file of spectra.
    """
    technique = technique_of(name)
    _, missing = required_columns(list(columns), name)
    if missing:
        raise UnreadableFile(
            "missing-columns",
            "no column for {missing} among {has}: export the file again with all columns",
            missing=missing,
            has=Listed(columns),
        )
    rows = next(iter(columns.values())).size
    columns = dict(columns)
    polar = convert_columns(columns) if MODULUS in columns and "frequency_hertz" in columns else []
    columns, remarks = with_cell_voltage(columns)
    columns[ROW] = np.arange(rows, dtype=np.float64)
    messages = [*messages, *polar, *remarks]
    if "frequency_hertz" not in columns:
        return (_series(columns, header, messages, technique),)
    is_series = columns["frequency_hertz"] == 0
    if not technique or not is_series.any():
        return _spectra(columns, header, messages)
    if not _has_series(columns):
        dropped = Message(
            "rows-at-frequency-zero",
            "Dropped {rows} rows at frequency 0, which are not a time series of voltage and current.",
            rows=int(is_series.sum()),
        )
        return _spectra({**columns, BETWEEN: is_series.astype(np.float64)}, header, [*messages, dropped])
    return _spectra_and_series(columns, is_series, header, messages, technique)


def _has_series(columns: Mapping[str, Array]) -> bool:
    return {"test_time_second", "voltage_volt"} <= set(columns) and not {
        "current_ampere", INCREMENT, "net_capacity_ah"
    }.isdisjoint(columns)  # fmt: skip


def _spectra_and_series(
    columns: Mapping[str, Array],
    is_series: NDArray[np.bool_],
    header: Mapping[str, str],
    messages: Sequence[Message],
    technique: str,
) -> tuple[ParsedDataset, ...]:
    """Return the spectra of a technique of time series, and the rows between them."""
    if is_series.all():
        return (_series(columns, header, messages, technique, is_series=is_series),)
    series = int(is_series.sum())
    mixed = Message(
        "mixed-techniques",
        "The {impedance} rows of impedance are separate datasets.",
        impedance=is_series.size - series,
    )
    separate = Message(
        "time-series-between-spectra",
        "The {rows} rows at frequency 0 (voltage and current over time) are a separate dataset.",
        rows=series,
    )
    return (
        *_spectra({**columns, BETWEEN: is_series.astype(np.float64)}, header, [*messages, separate]),
        _series(columns, header, [*messages, mixed], technique, is_series=is_series, label="time series"),
    )


def _series(
    columns: Mapping[str, Array],
    header: Mapping[str, str],
    messages: Sequence[Message],
    technique: str,
    *,
    is_series: NDArray[np.bool_] | None = None,
    label: str = "",
) -> ParsedDataset:
    """Return the time series; `is_series` marks its rows if the others are impedance."""
    columns, gaps = _complete_charge(columns)
    complete, charge = with_charge(columns)
    if is_series is not None:
        kept = is_series[complete[ROW].astype(np.intp)]
        complete = {name: column[kept] for name, column in complete.items() if name not in spectrum.NEEDED}
    rows = complete.pop(ROW).astype(np.intp)
    complete, incomplete = complete_columns(complete, cycler_series.NEEDED, rows)
    return cycler_series.series_of(
        complete, header, [*messages, *gaps, *charge, *incomplete], technique=technique, label=label, day_first=False
    )


def _complete_charge(columns: Mapping[str, Array]) -> tuple[dict[str, Array], list[Message]]:
    """Return the columns without those of charge that have gaps; one that gives the current must be complete."""
    charge = {name: column for name, column in columns.items() if name in (*AUXILIARY, "net_capacity_ah")}
    source = next((name for name in (INCREMENT, "net_capacity_ah") if name in charge), "")
    needed = {} if "current_ampere" in columns or not source else {source: "charge"}
    complete, messages = complete_columns(charge, needed, columns[ROW].astype(np.intp))
    return {name: column for name, column in columns.items() if name not in charge or name in complete}, messages


def _spectra(
    columns: Mapping[str, Array], header: Mapping[str, str], messages: Sequence[Message]
) -> tuple[ParsedDataset, ...]:
    """Return each spectrum separately: by cycle number, sequence, or rows of a time series between them."""
    negative = np.flatnonzero(columns["frequency_hertz"] < 0)
    if negative.size:
        raise UnreadableFile(
            "frequency-not-positive",
            "row {row} of the table: the frequency is {frequency:g} Hz, but must be positive",
            row=int(negative[0]) + 1,
            frequency=columns["frequency_hertz"][negative[0]],
        )
    words = {"cycle_count": "cycle number", "step_index": "Ns"}
    keys = [key for key in words if key in columns]
    parts = list(spectrum.parts(columns, [*keys, BETWEEN]))
    several = len(parts) > 1
    kept = [(values, part) for values, part in parts if (part["frequency_hertz"] != 0).any()]
    if not kept:
        raise UnreadableFile("no-impedance", "no impedance in the table: the frequency of every row is 0")
    dropped = columns["frequency_hertz"].size - sum(part["frequency_hertz"].size for _, part in kept)
    if dropped and BETWEEN not in columns:
        left_out = Message(
            "rows-at-frequency-zero", "Dropped {rows} rows of other cycles or sequences at frequency 0.", rows=dropped
        )
        messages = [*messages, left_out]
    datasets: list[ParsedDataset] = []
    for values, part in kept:
        label = ", ".join(f"{words[key]} {value:g}" for key, value in zip(keys, values, strict=False))
        complete, incomplete = _impedance(part)
        datasets += spectrum.spectrum_datasets(
            complete, header, [*messages, *incomplete], label=label if several else "", day_first=False
        )
    return tuple(datasets)


def _impedance(part: Mapping[str, Array]) -> tuple[dict[str, Array], list[Message]]:
    """Return the columns of a spectrum; a gap at frequency 0 is none of the impedance."""
    columns = {name: column for name, column in part.items() if name not in (BETWEEN, *AUXILIARY)}
    rows = columns.pop(ROW).astype(np.intp)
    measured = columns["frequency_hertz"] != 0
    for name in ("real_impedance_ohm", "imaginary_impedance_ohm"):
        columns[name] = np.where(measured, columns[name], 0.0)
    return complete_columns(columns, spectrum.NEEDED, rows)
