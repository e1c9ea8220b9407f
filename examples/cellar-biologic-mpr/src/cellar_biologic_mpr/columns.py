# SPDX-License-Identifier: BSD-3-Clause
"""EC-Lab's columns to canonical ones: names, units, a current if only charge was recorded, separate spectra.

Currents keep EC-Lab's sign: positive oxidises the working electrode, which charges a cell whose positive electrode is
the working one. Nothing of the settings page is used: area and mass come from the layers of the cell.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cellar_biologic_mpr.counters import INCREMENT, sum_counters, sum_messages
from registry.hookspecs import Listed, Message, ParsedDataset, UnreadableFile

Array = NDArray[np.float64]

SECONDS_PER_HOUR = 3600.0
NAMES = {
    "freq/Hz": ("frequency_hertz", 1.0),
    "Re(Z)/Ohm": ("real_impedance_ohm", 1.0),
    "-Im(Z)/Ohm": ("imaginary_impedance_ohm", -1.0),
    "time/s": ("test_time_second", 1.0),
    "step time/s": ("step_time_second", 1.0),
    "Ewe-Ece/V": ("voltage_volt", 1.0),
    "Ewe/V": ("voltage_volt", 1.0),
    "<Ewe>/V": ("voltage_volt", 1.0),
    "I/mA": ("current_ampere", 1e-3),
    "<I>/mA": ("current_ampere", 1e-3),
    "cycle number": ("cycle_count", 1.0),
    "Ns": ("step_index", 1.0),
    "(Q-Qo)/mA.h": ("net_capacity_ah", 1e-3),
    "(Q-Qo)/C": ("net_capacity_ah", 1 / SECONDS_PER_HOUR),
    "Q charge/mA.h": ("charging_capacity_ah", 1e-3),
    "Q discharge/mA.h": ("discharging_capacity_ah", 1e-3),
    "Energy charge/W.h": ("charging_energy_wh", 1.0),
    "Energy discharge/W.h": ("discharging_energy_wh", 1.0),
    "Temperature/°C": ("temperature_t1_celsius", 1.0),
    "R/Ohm": ("internal_resistance_ohm", 1.0),
}
"""EC-Lab name: canonical name and conversion factor. If several map to the same name, the first present is used."""
AT_REST = 3
"""The mode at open circuit."""
SPECTRUM = {
    "frequency_hertz": "frequency",
    "real_impedance_ohm": "real part of the impedance",
    "imaginary_impedance_ohm": "imaginary part of the impedance",
}
SERIES = {"test_time_second": "time", "voltage_volt": "voltage", "current_ampere": "current"}
TECHNIQUES = {
    0x04: ("Galvanostatic Cycling with Potential Limitation", "cycling"),
    0x06: ("Cyclic Voltammetry", ""),
    0x0B: ("Open Circuit Voltage", ""),
    0x18: ("Chronoamperometry / Chronocoulometry", "chronoamperometry"),
    0x19: ("Chronopotentiometry", ""),
    0x1D: ("Potentio Electrochemical Impedance Spectroscopy", ""),
    0x1E: ("Galvano Electrochemical Impedance Spectroscopy", ""),
    0x6C: ("Linear Sweep Voltammetry", ""),
    0x76: ("Constant Current", "cycling"),
    0x77: ("Galvanostatic Cycling with Potential Limitation", "cycling"),
    0x7F: ("Modulo Bat", "cycling"),
}
"""EC-Lab technique number: its name and the technique; empty if set by the measurement."""


def datasets(raw: Mapping[str, np.ndarray], facts: Mapping[str, Any]) -> tuple[ParsedDataset, ...]:
    """Return each spectrum and the time series of the columns of a file."""
    name, technique = TECHNIQUES.get(facts["technique"], (f"number {facts['technique']} of EC-Lab", ""))
    header = _header(name, facts)
    messages = _start_messages(facts)
    columns, used = _canonical(raw)
    if "frequency_hertz" not in columns:
        return (_series(columns, raw, technique, header, [*messages, *_unread_columns(raw, {*used, INCREMENT})]),)
    messages += _unread_columns(raw, used)
    is_series = columns["frequency_hertz"] == 0
    if not technique or not is_series.any():
        return _spectra(columns, header, messages)
    return _with_series(columns, raw, technique, header, messages)


def _with_series(
    columns: Mapping[str, Array],
    raw: Mapping[str, np.ndarray],
    technique: str,
    header: Mapping[str, str],
    messages: Sequence[Message],
) -> tuple[ParsedDataset, ...]:
    """Return the spectra and the time series (rows with frequency 0) of a time-series technique."""
    is_series = columns["frequency_hertz"] == 0
    rows = int(is_series.sum())
    impedance = is_series.size - rows
    own = (
        [Message("mixed-techniques", "The {impedance} rows of impedance are separate datasets.", impedance=impedance)]
        if impedance
        else []
    )
    label = "time series" if impedance else ""
    try:
        series = _series(columns, raw, technique, header, [*messages, *own], label=label)
    except UnreadableFile as error:
        dropped = Message(
            "rows-at-frequency-zero",
            "The {rows} rows with frequency 0 were dropped, because they are not a time series: {error}.",
            "warning",
            rows=rows,
            error=error,
        )
        return _spectra(columns, header, [*messages, dropped])
    if not impedance:
        return (series,)
    separate = Message(
        "time-series-between-spectra",
        "The {rows} rows with frequency 0, voltage and current over time, are a separate dataset.",
        rows=rows,
    )
    return (
        *_spectra(columns, header, [*messages, separate], between=is_series),
        series,
    )


def _series(
    columns: Mapping[str, Array],
    raw: Mapping[str, np.ndarray],
    technique: str,
    header: Mapping[str, str],
    messages: Sequence[Message],
    *,
    label: str = "",
) -> ParsedDataset:
    """Return the time series of a file; if it has frequencies, only the rows with frequency 0."""
    complete, charge_messages = _with_charge(columns, raw)
    if "frequency_hertz" in complete:
        is_series = complete["frequency_hertz"] == 0
        complete = {name: column[is_series] for name, column in complete.items() if name not in SPECTRUM}
    _require(complete, SERIES, raw)
    finite, incomplete = _finite(complete, SERIES)
    finite, counted = sum_counters(finite)
    messages = [*messages, *charge_messages, *incomplete, *counted, *_voltage_messages(raw), *_series_messages(finite)]
    return ParsedDataset(technique, finite, header, label, tuple(messages))


def _header(name: str, facts: Mapping[str, Any]) -> dict[str, str]:
    header = {"technique": name}
    if "started" in facts:
        header["started"] = facts["started"]
    if "software" in facts:
        header["software"] = f"EC-Lab {facts['software']}"
        header["instrument"] = f"serial number {facts['serial']}"
        header["channel"] = str(facts["channel"])
    return header


def _start_messages(facts: Mapping[str, Any]) -> list[Message]:
    if not facts["remark"]:
        return []
    return [
        Message(
            "trailing-data-unread",
            "All rows were read, but not the data after them: {facts}.",
            "warning",
            facts=facts["remark"],
        )
    ]


def _canonical(raw: Mapping[str, np.ndarray]) -> tuple[dict[str, Array], set[str]]:
    """Return the known columns with canonical names and units, and their original names."""
    columns: dict[str, Array] = {}
    used = set()
    for name, (canonical, factor) in NAMES.items():
        if name in raw and canonical not in columns:
            columns[canonical] = raw[name].astype(np.float64) * factor
            used.add(name)
    return columns, used


def _with_charge(columns: Mapping[str, Array], raw: Mapping[str, np.ndarray]) -> tuple[dict[str, Array], list[Message]]:
    """Add the capacities, and the current if missing, computed from the increments of charge."""
    if INCREMENT not in raw or "test_time_second" not in columns:
        return dict(columns), []
    passed = raw[INCREMENT].astype(np.float64) * 1e-3
    if not np.isfinite(passed).all():
        row = int(np.argmin(np.isfinite(passed)))
        raise UnreadableFile(
            "cell-not-a-number",
            "row {row}, column ‘{increment}’: not a number; export the file as text (.mpt)",
            row=row + 1,
            increment=INCREMENT,
        )
    messages = sum_messages(passed, columns)
    counted = {
        "charging_capacity_ah": np.cumsum(np.maximum(passed, 0)),
        "discharging_capacity_ah": np.cumsum(np.maximum(-passed, 0)),
    }
    result = {**counted, **columns}
    if "current_ampere" in columns:
        return result, messages
    current = mean_current(columns["test_time_second"], passed, raw.get("mode"))
    there = np.isfinite(current)
    result = {name: column[there] for name, column in {**result, "current_ampere": current}.items()}
    messages.append(
        Message(
            "current-from-charge", "The file has no current: computed as charge divided by time since the previous row."
        )
    )
    if dropped := int(there.size - there.sum()):
        messages.append(
            Message(
                "rows-without-duration",
                "Rows dropped, because no time had elapsed since the previous row: {rows}.",
                "warning" if dropped > 1 else "info",
                rows=dropped,
            )
        )
    return result, messages


def mean_current(time: Array, passed: Array, mode: np.ndarray | None) -> Array:
    """Return the mean current since the previous row [A]; NaN where no time has elapsed, except at rest.

    `passed` is the charge since the previous row [Ah]; all of shape (rows,).
    """
    interval = np.diff(time, prepend=np.nan)
    current = np.full(time.size, np.nan)
    np.divide(passed * SECONDS_PER_HOUR, interval, out=current, where=interval > 0)
    if mode is not None:
        current[~(interval > 0) & (mode == AT_REST) & (passed == 0)] = 0.0
    return current


def _require(columns: Mapping[str, Array], needed: Mapping[str, str], raw: Mapping[str, np.ndarray]) -> None:
    missing = [f"{name} ({title})" for name, title in needed.items() if name not in columns]
    if missing:
        raise UnreadableFile(
            "missing-columns",
            "the file has no column for {missing}: it has {raw}; record it, or export the file as text (.mpt) "
            "with all columns",
            missing=", ".join(missing),
            raw=", ".join(raw),
        )


def _finite(
    columns: Mapping[str, Array], needed: Mapping[str, str], kept: NDArray[np.intp] | None = None
) -> tuple[dict[str, Array], list[Message]]:
    """Return the columns without missing numbers; refuse the file if a needed column has one.

    `kept` are the row indices of the columns in the file, if not all.
    """
    complete = {name: column for name, column in columns.items() if np.isfinite(column).all()}
    for name, title in needed.items():
        if name not in complete:
            index = int(np.argmin(np.isfinite(columns[name])))
            row = index if kept is None else int(kept[index])
            raise UnreadableFile(
                "cell-not-a-number",
                "row {row}: the {title} is not a number; export the file as text (.mpt) and correct it",
                row=row + 1,
                title=title,
            )
    incomplete = [name for name in columns if name not in complete]
    dropped = Message(
        "incomplete-columns-dropped",
        "Columns dropped, because some rows have no number: {columns}.",
        columns=Listed(incomplete),
    )
    return complete, [dropped] if incomplete else []


def _voltage_messages(raw: Mapping[str, np.ndarray]) -> list[Message]:
    if "Ewe-Ece/V" in raw or not {"Ece/V", "<Ece>/V"} & set(raw):
        return []
    return [
        Message(
            "voltage-against-reference",
            "voltage_volt is Ewe, against the reference electrode; the file has Ece too, but not the cell voltage.",
            "warning",
        )
    ]


def _series_messages(columns: Mapping[str, Array]) -> list[Message]:
    time = columns["test_time_second"]
    back = np.flatnonzero(np.diff(time) < 0)
    if not back.size:
        return []
    row = int(back[0])
    return [
        Message(
            "time-decreases",
            "The time decreases {times} times, first from {before_s:g} s to {after_s:g} s at row {row}.",
            "warning",
            times=back.size,
            before_s=time[row],
            after_s=time[row + 1],
            row=row + 2,
        )
    ]


def _unread_columns(raw: Mapping[str, np.ndarray], used: set[str]) -> list[Message]:
    names = [f"‘{name}’" for name in raw if name not in {*used, "mode"}]
    return [Message("columns-left-out", "Not read: {columns}.", columns=Listed(names))] if names else []


def _spectra(
    columns: Mapping[str, Array],
    header: Mapping[str, str],
    messages: Sequence[Message],
    *,
    between: NDArray[np.bool_] | None = None,
) -> tuple[ParsedDataset, ...]:
    """Return the spectra, separated by cycle number or sequence, without rows of frequency 0.

    `between` marks rows of a time series, shape (rows,), which separate spectra too and have their own message.
    """
    _require(columns, SPECTRUM, columns)
    frequency = columns["frequency_hertz"]
    if (frequency < 0).any():
        row = int(np.argmax(frequency < 0))
        raise UnreadableFile(
            "frequency-not-positive",
            "row {row} has the frequency {frequency:g} Hz: it must be positive",
            row=row + 1,
            frequency=frequency[row],
        )
    rows = [(label, part[frequency[part] > 0], part) for label, part in _parts(columns, between)]
    spectra = [(label, kept, part) for label, kept, part in rows if kept.size]
    if not spectra:
        raise UnreadableFile(
            "no-impedance", "the file contains no impedance: the frequency of every row is 0; export as text (.mpt)"
        )
    empty = sum(part.size for _, kept, part in rows if not kept.size)
    if empty and between is None:
        left_out = Message(
            "rows-at-frequency-zero",
            "Dropped {rows} rows of other cycles or sequences with frequency 0: they have no impedance.",
            rows=empty,
        )
        messages = [*messages, left_out]
    recorded = []
    for label, kept, part in spectra:
        spectrum, own_messages = _finite({name: column[kept] for name, column in columns.items()}, SPECTRUM, kept)
        if dropped := part.size - kept.size:
            own_messages.append(
                Message(
                    "rows-at-frequency-zero",
                    "Dropped {rows} rows with frequency 0: they have voltage and current but no impedance.",
                    rows=dropped,
                )
            )
        recorded.append(
            ParsedDataset("eis", spectrum, header, label if len(rows) > 1 else "", (*messages, *own_messages))
        )
    return tuple(recorded)


def _parts(columns: Mapping[str, Array], between: NDArray[np.bool_] | None) -> Iterator[tuple[str, NDArray[np.intp]]]:
    """Yield label and row indices for each run of the same cycle number and sequence."""
    titles = {"cycle_count": "cycle number", "step_index": "Ns"}
    keys = {title: columns[key] for key, title in titles.items() if key in columns}
    size = columns["frequency_hertz"].size
    changes = np.zeros(max(size - 1, 0), dtype=bool) if between is None else between[1:] != between[:-1]
    for column in keys.values():
        changes |= np.diff(column) != 0
    for begin, end in pairwise([0, *(np.flatnonzero(changes) + 1).tolist(), size]):
        yield ", ".join(f"{title} {column[begin]:g}" for title, column in keys.items()), np.arange(begin, end)
