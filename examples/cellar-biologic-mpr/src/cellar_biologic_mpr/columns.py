# SPDX-License-Identifier: BSD-3-Clause
"""EC-Lab's columns to canonical ones: names, units, a current where only charge was recorded, each spectrum apart.

Currents keep EC-Lab's sign: positive oxidises the working electrode, which charges a cell whose positive electrode is
the working one. Nothing of the settings page is used: area and mass come from the layers of the cell.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from registry.hookspecs import Message, ParsedDataset, UnreadableFile

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
"""EC-Lab's name: the canonical one, and the factor to its unit. Of several for one, the first there is wins."""
INCREMENT = "dq/mA.h"
"""Charge since the row before. ‘dQ’ is another column, which counts over a sequence."""
AT_REST = 3
"""The mode at open circuit."""
SPECTRUM = {
    "frequency_hertz": "frequency",
    "real_impedance_ohm": "real part of the impedance",
    "imaginary_impedance_ohm": "imaginary part of the impedance",
}
SERIES = {"test_time_second": "time", "voltage_volt": "voltage", "current_ampere": "current"}
COUNTERS = ("charging_capacity_ah", "discharging_capacity_ah", "charging_energy_wh", "discharging_energy_wh")
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
"""EC-Lab's number of a technique: its name, and the technique here; others are left to the measurement."""


def datasets(raw: Mapping[str, np.ndarray], facts: Mapping[str, Any]) -> tuple[ParsedDataset, ...]:
    """Return each spectrum and the time series of the columns of a file."""
    name, technique = TECHNIQUES.get(facts["technique"], (f"number {facts['technique']} of EC-Lab", ""))
    header = _header(name, facts)
    messages = _start_messages(facts)
    columns, used = _canonical(raw)
    if "frequency_hertz" not in columns:
        return (_series(columns, raw, technique, header, [*messages, *_left_out(raw, {*used, INCREMENT})]),)
    messages += _left_out(raw, used)
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
    """Return each spectrum of a technique of time series, and the rows between them, which have frequency 0."""
    is_series = columns["frequency_hertz"] == 0
    rows = int(is_series.sum())
    impedance = is_series.size - rows
    own = [Message(f"The {impedance} rows of impedance are datasets of their own.")] if impedance else []
    label = "time series" if impedance else ""
    try:
        series = _series(columns, raw, technique, header, [*messages, *own], label=label)
    except UnreadableFile as error:
        text = f"The {rows} rows with frequency 0 are left out, being no time series either: {error}."
        return _spectra(columns, header, [*messages, Message(text, "warning")])
    if not impedance:
        return (series,)
    text = f"The {rows} rows with frequency 0, voltage and current over time, are a dataset of their own."
    return (*_spectra(columns, header, [*messages, Message(text)], between=is_series), series)


def _series(
    columns: Mapping[str, Array],
    raw: Mapping[str, np.ndarray],
    technique: str,
    header: Mapping[str, str],
    messages: Sequence[Message],
    *,
    label: str = "",
) -> ParsedDataset:
    """Return the time series of a file; of one with frequencies, its rows of frequency 0."""
    whole, said = _with_charge(columns, raw)
    if "frequency_hertz" in whole:
        is_series = whole["frequency_hertz"] == 0
        whole = {name: column[is_series] for name, column in whole.items() if name not in SPECTRUM}
    _require(whole, SERIES, raw)
    finite, incomplete = _finite(whole, SERIES)
    finite, counted = _counted_on(finite)
    messages = [*messages, *said, *incomplete, *counted, *_voltage_messages(raw), *_series_messages(finite)]
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
    return [Message(f"All rows were read; what follows them in the file was not: {facts['remark']}.", "warning")]


def _canonical(raw: Mapping[str, np.ndarray]) -> tuple[dict[str, Array], set[str]]:
    """Return the known columns in canonical names and units, and the names they had."""
    columns: dict[str, Array] = {}
    used = set()
    for name, (canonical, factor) in NAMES.items():
        if name in raw and canonical not in columns:
            columns[canonical] = raw[name].astype(np.float64) * factor
            used.add(name)
    return columns, used


def _with_charge(columns: Mapping[str, Array], raw: Mapping[str, np.ndarray]) -> tuple[dict[str, Array], list[Message]]:
    """Return the columns with what the increments of charge tell: the capacities, and the current if there is none."""
    if INCREMENT not in raw or "test_time_second" not in columns:
        return dict(columns), []
    passed = raw[INCREMENT].astype(np.float64) * 1e-3
    if not np.isfinite(passed).all():
        row = int(np.argmin(np.isfinite(passed)))
        raise UnreadableFile(f"row {row + 1}, column ‘{INCREMENT}’: not a number; export the file as text (.mpt)")
    said = _sum_messages(passed, columns)
    counted = {
        "charging_capacity_ah": np.cumsum(np.maximum(passed, 0)),
        "discharging_capacity_ah": np.cumsum(np.maximum(-passed, 0)),
    }
    found = {**counted, **columns}
    if "current_ampere" in columns:
        return found, said
    current = mean_current(columns["test_time_second"], passed, raw.get("mode"))
    there = np.isfinite(current)
    found = {name: column[there] for name, column in {**found, "current_ampere": current}.items()}
    said.append(
        Message("The file has no current: it is the charge since the row before over the time since the row before.")
    )
    if left := int(there.size - there.sum()):
        text = f"Rows left out, as no time had passed since a row before, so that no current can be told: {left}."
        said.append(Message(text, "warning" if left > 1 else "info"))
    return found, said


def mean_current(time: Array, passed: Array, mode: np.ndarray | None) -> Array:
    """Return the mean current since the row before [A], NaN where no time has passed but at rest.

    `passed` is the charge since the row before [Ah]; all of shape (rows,).
    """
    interval = np.diff(time, prepend=np.nan)
    current = np.full(time.size, np.nan)
    np.divide(passed * SECONDS_PER_HOUR, interval, out=current, where=interval > 0)
    if mode is not None:
        current[~(interval > 0) & (mode == AT_REST) & (passed == 0)] = 0.0
    return current


def _sum_messages(passed: Array, columns: Mapping[str, Array]) -> list[Message]:
    """Warn where the increments do not add up to the charge that the instrument counted itself."""
    if "net_capacity_ah" not in columns:
        return []
    counted = columns["net_capacity_ah"] - columns["net_capacity_ah"][0]
    off = np.abs(np.cumsum(passed) - passed[0] - counted)
    row = int(np.argmax(off))
    if not off[row] > 0.01 * max(np.ptp(counted), np.abs(passed).sum()):
        return []
    text = f"‘{INCREMENT}’ does not add up to ‘(Q-Qo)’: at row {row + 1} they differ by {off[row] * 1e3:.3g} mAh."
    return [Message(text, "warning")]


def _require(columns: Mapping[str, Array], needed: Mapping[str, str], raw: Mapping[str, np.ndarray]) -> None:
    missing = [f"{name} ({words})" for name, words in needed.items() if name not in columns]
    if missing:
        raise UnreadableFile(
            f"the file has no column for {', '.join(missing)}: it has {', '.join(raw)}; record it, or export the file "
            "as text (.mpt) with all columns"
        )


def _finite(
    columns: Mapping[str, Array], needed: Mapping[str, str], kept: NDArray[np.intp] | None = None
) -> tuple[dict[str, Array], list[Message]]:
    """Return the columns that hold numbers throughout; a needed one that does not refuses the file.

    `kept` are the rows of the file, from 0, that the columns hold, if not all.
    """
    whole = {name: column for name, column in columns.items() if np.isfinite(column).all()}
    for name, words in needed.items():
        if name not in whole:
            place = int(np.argmin(np.isfinite(columns[name])))
            row = place if kept is None else int(kept[place])
            raise UnreadableFile(f"row {row + 1}: the {words} is not a number; export the file as text (.mpt), mend it")
    incomplete = [name for name in columns if name not in whole]
    text = f"Left out, because rows hold no number: {', '.join(incomplete)}."
    return whole, [Message(text)] if incomplete else []


def _counted_on(columns: Mapping[str, Array]) -> tuple[dict[str, Array], list[Message]]:
    """Let the counters go on over their restarts; leave out what does not count from zero, and say so."""
    counted, said = dict(columns), []
    for name in COUNTERS:
        if name not in columns:
            continue
        counter = counted.pop(name)
        step = np.diff(counter, prepend=0.0)
        restart = step < 0
        restart[:1] = False
        if (counter < 0).any() or (counter[restart] > 0.5 * np.roll(counter, 1)[restart]).any():
            said.append(Message(f"Left out {name}: it falls without starting again from zero.", "warning"))
            continue
        step[restart] = counter[restart]
        counted[name] = np.cumsum(step)
        if restart.any():
            text = f"{name} starts again from zero {int(restart.sum())} times; it was summed since the test began."
            said.append(Message(text))
    return counted, said


def _voltage_messages(raw: Mapping[str, np.ndarray]) -> list[Message]:
    if "Ewe-Ece/V" in raw or not {"Ece/V", "<Ece>/V"} & set(raw):
        return []
    text = "voltage_volt is Ewe, against the reference electrode; the file has Ece too, but not the cell's voltage."
    return [Message(text, "warning")]


def _series_messages(columns: Mapping[str, Array]) -> list[Message]:
    time = columns["test_time_second"]
    back = np.flatnonzero(np.diff(time) < 0)
    if not back.size:
        return []
    row = int(back[0])
    text = f"The time goes back {back.size} times, first from {time[row]:g} s to {time[row + 1]:g} s at row {row + 2}."
    return [Message(text, "warning")]


def _left_out(raw: Mapping[str, np.ndarray], used: set[str]) -> list[Message]:
    names = [f"‘{name}’" for name in raw if name not in {*used, "mode"}]
    return [Message(f"Not read: {', '.join(names)}.")] if names else []


def _spectra(
    columns: Mapping[str, Array],
    header: Mapping[str, str],
    messages: Sequence[Message],
    *,
    between: NDArray[np.bool_] | None = None,
) -> tuple[ParsedDataset, ...]:
    """Return each spectrum apart: they differ in cycle number or sequence. Rows of frequency 0 are none.

    `between` marks rows of a time series, shape (rows,), which part spectra too and are told of elsewhere.
    """
    _require(columns, SPECTRUM, columns)
    frequency = columns["frequency_hertz"]
    if (frequency < 0).any():
        row = int(np.argmax(frequency < 0))
        raise UnreadableFile(f"row {row + 1} has the frequency {frequency[row]:g} Hz: it must be positive")
    rows = [(label, part[frequency[part] > 0], part) for label, part in _parts(columns, between)]
    found = [(label, kept, part) for label, kept, part in rows if kept.size]
    if not found:
        raise UnreadableFile("the file holds no impedance: the frequency of every row is 0; export as text (.mpt)")
    empty = sum(part.size for _, kept, part in rows if not kept.size)
    if empty and between is None:
        text = f"Left out {empty} rows of other cycles or sequences with frequency 0: they hold no impedance."
        messages = [*messages, Message(text)]
    recorded = []
    for label, kept, part in found:
        spectrum, said = _finite({name: column[kept] for name, column in columns.items()}, SPECTRUM, kept)
        if dropped := part.size - kept.size:
            text = f"Left out {dropped} rows with frequency 0: voltage and current over time, no impedance."
            said.append(Message(text))
        recorded.append(ParsedDataset("eis", spectrum, header, label if len(rows) > 1 else "", (*messages, *said)))
    return tuple(recorded)


def _parts(columns: Mapping[str, Array], between: NDArray[np.bool_] | None) -> Iterator[tuple[str, NDArray[np.intp]]]:
    """Yield a label and the rows of each run of one cycle number and sequence, apart from those between spectra."""
    words_of = {"cycle_count": "cycle number", "step_index": "Ns"}
    keys = {words: columns[key] for key, words in words_of.items() if key in columns}
    size = columns["frequency_hertz"].size
    changes = np.zeros(max(size - 1, 0), dtype=bool) if between is None else between[1:] != between[:-1]
    for column in keys.values():
        changes |= np.diff(column) != 0
    for begin, end in pairwise([0, *(np.flatnonzero(changes) + 1).tolist(), size]):
        yield ", ".join(f"{words} {column[begin]:g}" for words, column in keys.items()), np.arange(begin, end)
