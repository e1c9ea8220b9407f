"""Processes of the impedance of two cells or more, each compared with the same process of the first cell."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from analyses.impedance.relaxation_times.process_matching import match_processes
from analyses.uncertainty import Estimate, propagate
from registry.contract.analysis_support.groups.matched_values import MATCHING_PARAMETERS, read_excluded
from registry.hookspecs import (
    Analysis,
    Axis,
    Curve,
    GroupMember,
    Inputs,
    Measured,
    Message,
    Outcome,
    Quantity,
    Refused,
    Result,
    Series,
    hookimpl,
)

CONTRACT_VERSION = 2

TIME, RESISTANCE, RATIO = "relaxation_time_s", "process_resistance_ohm", "process_resistance_to_first_cell"
PEAK = "peak"
SAME_BY_PLACE = Message(
    "processes-by-time-and-resistance",
    "Processes are matched by the nearest relaxation time and resistance, within a decade of time; that they have the "
    "same origin is tentative. Intervals are those of the fits, without the scatter between replicates.",
)


class Process(NamedTuple):
    """A peak of the distribution of relaxation times of a cell."""

    number: int
    time: Estimate
    resistance: Estimate


class Spectrum(NamedTuple):
    """The processes of a cell under one set of conditions."""

    member: GroupMember
    record: str
    processes: tuple[Process, ...]

    @property
    def places(self) -> np.ndarray:
        """Time constant and resistance, shape (processes, 2)."""
        numbers = [(item.time.magnitude, item.resistance.magnitude) for item in self.processes]
        return np.array(numbers).reshape(-1, 2)


class Pair(NamedTuple):
    """A process of the first cell and the same of another, with the ratio of its resistance to that of the first."""

    first: Process
    other: Process
    ratio: Estimate


def run(inputs: Inputs) -> Outcome:
    """Return the ratio of the resistances of each process to that of the first cell, under equal conditions."""
    results: list[Result] = []
    curves: list[Curve] = []
    messages: list[Message] = []
    by_conditions = _by_conditions(inputs.members, read_excluded(inputs))
    has_two = len({spectrum.member.refcode for spectra in by_conditions.values() for spectrum in spectra}) == 2
    for measured, spectra in by_conditions.items():
        if len({spectrum.member.refcode for spectrum in spectra}) < len(spectra):
            messages.append(_several(measured, spectra))
            continue
        if len(spectra) < 2:
            continue
        first, *others = spectra
        for other in others:
            pairs = _pairs(first, other)
            messages += [_message(measured, first, other, pair) for pair in pairs]
            messages += _of_one_cell(measured, first, other, pairs)
            results += [_result(measured, pair) for pair in pairs if has_two]
        curves.append(_curve(measured, spectra, len(curves) + 1))
    if not curves:
        raise Refused(
            "no-common-processes",
            "no processes of two cells under equal conditions: measure spectra of two cells at the same temperature, "
            "voltage and cycle number, and enter these conditions",
        )
    return Outcome(tuple(results), tuple(curves), (*messages, SAME_BY_PLACE))


def _by_conditions(members: Sequence[GroupMember], excluded: Sequence[str]) -> Mapping[Measured, list[Spectrum]]:
    """Return the spectra of all cells by technique, conditions and analysis, cells in order."""
    spectra: dict[Measured, list[Spectrum]] = defaultdict(list)
    for member in members:
        for (source, record), peaks in _peaks(member, excluded).items():
            processes = tuple(
                Process(number, peak[TIME], peak[RESISTANCE])
                for number, peak in sorted(peaks.items())
                if TIME in peak and RESISTANCE in peak
            )
            spectra[source].append(Spectrum(member, record, processes))
    return spectra


def _peaks(
    member: GroupMember, excluded: Sequence[str]
) -> Mapping[tuple[Measured, str], Mapping[int, Mapping[str, Estimate]]]:
    """Return the numbers of each peak of a cell, by what was measured and the record."""
    peaks: dict[tuple[Measured, str], dict[int, dict[str, Estimate]]] = defaultdict(lambda: defaultdict(dict))
    for quantity in (TIME, RESISTANCE):
        for value in member.values(quantity):
            place = value.measured.place
            if place and place.kind == PEAK and value.estimate and value.record not in excluded:
                source = value.measured._replace(quantity=RESISTANCE, place=None)
                peaks[source, value.record][place.number][quantity] = value.estimate
    return peaks


def _pairs(first: Spectrum, other: Spectrum) -> list[Pair]:
    pairs = []
    for index, other_index in match_processes(first.places, other.places):
        reference, compared = first.processes[index], other.processes[other_index]
        ratio = propagate(lambda a, b: b / a, a=reference.resistance, b=compared.resistance)
        pairs.append(Pair(reference, compared, ratio))
    return pairs


def _result(measured: Measured, pair: Pair) -> Result:
    conditions = {"technique": measured.technique, **dict(measured.conditions)}
    return Result(RATIO, pair.ratio, at={PEAK: pair.first.number}, conditions=conditions)


def _message(measured: Measured, first: Spectrum, other: Spectrum, pair: Pair) -> Message:
    lower, upper = pair.ratio.interval()
    return Message(
        "process-compared",
        "Process at {time_s:.2g} s ({label}): {other} {other_ohm:.4g} Ω, {first} {first_ohm:.4g} Ω; ratio "
        "{ratio:.3g}, 95 % interval {lower:.3g} to {upper:.3g}.",
        label=measured.label,
        time_s=pair.first.time.magnitude,
        other=other.member.label,
        other_ohm=pair.other.resistance.magnitude,
        first=first.member.label,
        first_ohm=pair.first.resistance.magnitude,
        ratio=pair.ratio.magnitude,
        lower=lower,
        upper=upper,
    )


def _of_one_cell(measured: Measured, first: Spectrum, other: Spectrum, pairs: Sequence[Pair]) -> Iterator[Message]:
    """Yield a message for each process that only one of two cells has."""
    paired = {pair.first.number for pair in pairs}, {pair.other.number for pair in pairs}
    for numbers, spectrum, without in zip(paired, (first, other), (other, first), strict=True):
        for process in spectrum.processes:
            if process.number not in numbers:
                yield Message(
                    "process-of-one-cell",
                    "Process at {time_s:.2g} s ({label}), {ohm:.4g} Ω: {cell} has it, {without} does not.",
                    label=measured.label,
                    time_s=process.time.magnitude,
                    ohm=process.resistance.magnitude,
                    cell=spectrum.member.label,
                    without=without.member.label,
                )


def _several(measured: Measured, spectra: Sequence[Spectrum]) -> Message:
    return Message(
        "several-spectra",
        "A cell has several spectra under equal conditions ({label}), which are not compared: exclude all but one of "
        "{records} with the parameter ‘Excluded measurements’, or enter the condition in which they differ.",
        "warning",
        label=measured.label,
        records=", ".join(spectrum.record for spectrum in spectra),
    )


def _curve(measured: Measured, spectra: Sequence[Spectrum], index: int) -> Curve:
    """Return the resistance of each process of each cell against its relaxation time."""
    return Curve(
        f"processes-{index}",
        f"Processes ({measured.label})"[:200],
        Axis(quantity=TIME, log=True),
        Axis(quantity=RESISTANCE, log=True),
        tuple(_series(spectrum) for spectrum in spectra if spectrum.processes),
    )


def _series(spectrum: Spectrum) -> Series:
    intervals = [process.resistance.interval() for process in spectrum.processes]
    return Series(
        spectrum.member.label,
        tuple(process.time.magnitude for process in spectrum.processes),
        tuple(process.resistance.magnitude for process in spectrum.processes),
        line=False,
        markers=True,
        y_lower=tuple(max(low, 1e-3 * high) for low, high in intervals),
        y_upper=tuple(high for _, high in intervals),
    )


@hookimpl
def register_quantities() -> Sequence[Quantity]:
    """Add the ratio of resistances."""
    return (
        Quantity(
            slug=RATIO,
            name="Resistance of a process relative to the first cell",
            unit="dimensionless",
            unit_label="",
            symbol="R/R_1",
            description="The same process in two cells under equal conditions.",
            minimum=0,
        ),
    )


@hookimpl
def register_analyses() -> Sequence[Analysis]:
    """Offer the comparison of processes on groups of cells that differ in one thing."""
    return (
        Analysis(
            name="processes-between-cells",
            version="1.0.0",
            title="Processes of several cells",
            description="Processes of the distribution of relaxation times of each cell, compared with those of the "
            "first cell under equal conditions.",
            techniques=("eis",),
            outputs=(RATIO,),
            run=run,
            requirements=("processes of the distribution of relaxation times of two or more cells",),
            parameters=tuple(parameter for parameter in MATCHING_PARAMETERS if parameter.name == "excluded"),
            scope="group",
            group_kinds=("comparison",),
        ),
    )
