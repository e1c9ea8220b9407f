"""Processes of the spectra of one cell over temperature, stack pressure, cycle number or voltage."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analyses.impedance.kramers_kronig import KramersKronig, kramers_kronig
from analyses.impedance.relaxation_times.drt import Distribution, distribution
from analyses.impedance.relaxation_times.drt_peaks import Peak
from analyses.impedance.relaxation_times.process_series import SeriesProcess, fit_series
from analyses.impedance.spectrum import Spectrum
from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate, propagate
from registry.contract.analysis_support.impedance import process_curves
from registry.contract.analysis_support.impedance.process_laws import ENERGY, EXPONENT, Law, energy_of, exponent_of
from registry.contract.analysis_support.impedance.processes import assignment_messages, process_estimates
from registry.contract.analysis_support.impedance.spectrum_input import (
    SPECTRUM_PARAMETERS,
    read_spectrum,
    read_spectrum_dataset,
)
from registry.contract.analysis_support.transport.temperature_series import COMMON_TEMPERATURE, SERIES_PARAMETERS
from registry.hookspecs import (
    Analysis,
    Inputs,
    Listed,
    Message,
    NotComputed,
    Outcome,
    Quantity,
    Refused,
    Remark,
    Result,
    SeriesMember,
    hookimpl,
)

CONTRACT_VERSION = 2

PROBABILITY = "series_process_probability_percent"
RESISTANCE_RATIO = "process_resistance_ratio"
CONTACT_RATIO = "relative_contact_area"
RATIOS = {RESISTANCE_RATIO: "process_resistance_ohm", CONTACT_RATIO: "interface_capacitance_f"}
TEMPERATURE, PRESSURE, CYCLE, VOLTAGE = "temperature_degc", "stack_pressure_mpa", "cycle_number", "voltage_v"
FEWEST = {TEMPERATURE: 3, PRESSURE: 3, CYCLE: 2, VOLTAGE: 2}
NAMES = {TEMPERATURE: "temperature", PRESSURE: "pressure", CYCLE: "cycle", VOLTAGE: "voltage"}
WORDS = {TEMPERATURE: "temperatures", PRESSURE: "stack pressures", CYCLE: "cycle numbers", VOLTAGE: "voltages"}


@dataclass(frozen=True)
class Member:
    """One spectrum of the series with its distribution."""

    refcode: str
    at: Estimate
    spectrum: Spectrum
    test: KramersKronig
    drt: Distribution


def run(inputs: Inputs) -> Outcome:
    """Return the processes that the spectra of a series have in common, and how they change along it."""
    over = str(inputs.fact("series.over"))
    members, left_out = _members(inputs.series)
    if len({member.at.magnitude for member in members}) < FEWEST[over]:
        raise Refused(
            "too-few-spectra",
            "needs spectra at {needed} {condition}: {lacking}",
            needed=FEWEST[over],
            condition=WORDS[over],
            lacking=Listed(left_out or ["there are fewer"], between="; "),
        )
    processes = fit_series(
        _scale(over, members),
        [member.spectrum for member in members],
        [member.drt for member in members],
        [max(member.test.residual_percent, 0.01) / 100 for member in members],
    )
    values, laws, missing = _values(inputs, over, members, processes)
    return Outcome(
        values=tuple(values),
        curves=process_curves.curves_of(
            over, [member.at.magnitude for member in members], [member.drt for member in members], processes, laws
        ),
        messages=(
            *_method_messages(over, members, processes),
            *_first_assignments(inputs, processes),
            *(Message("spectrum-excluded", "Excluded: {reason}.", reason=reason) for reason in left_out),
        ),
        not_computed=tuple(missing),
    )


def _members(series: Sequence[SeriesMember]) -> tuple[list[Member], list[Remark]]:
    """Return the spectra with data, in order of the condition, and why others are excluded."""
    members, left_out = [], []
    for entry in series:
        dataset = read_spectrum_dataset(entry)
        if dataset is None:
            left_out.append(Remark("missing-data", "{spectrum} has no data", spectrum=entry.refcode))
            continue
        try:
            spectrum = read_spectrum(entry, dataset)
            test = kramers_kronig(spectrum)
            drt = distribution(spectrum, test.residual_percent / 100)
        except (InsufficientData, Refused) as problem:
            left_out.append(
                Remark("no-distribution", "{spectrum}: {reason}", spectrum=entry.refcode, reason=problem.text)
            )
            continue
        members.append(Member(entry.refcode, entry.at, spectrum, test, drt))
    return sorted(members, key=lambda member: member.at.magnitude), left_out


def _scale(over: str, members: Sequence[Member]) -> np.ndarray:
    """Return the condition in a scale in which ln R and ln τ are about straight, rising."""
    at = np.array([member.at.magnitude for member in members])
    if over == TEMPERATURE:
        return -1000 / (at + 273.15)
    return np.log(at) if over == PRESSURE and (at > 0).all() else at


def _values(
    inputs: Inputs, over: str, members: Sequence[Member], processes: Sequence[SeriesProcess]
) -> tuple[list[Result], dict[int, Law], list[NotComputed]]:
    values: list[Result] = []
    laws: dict[int, Law] = {}
    missing: list[NotComputed] = []
    at = [member.at for member in members]
    for number, process in enumerate(processes, start=1):
        place = {"process": number}
        values.append(Result(PROBABILITY, Estimate.exact(100 * process.probability), at=place))
        rows = [row for row, determined in enumerate(process.is_determined) if determined]
        if over in (TEMPERATURE, PRESSURE):
            slug = ENERGY if over == TEMPERATURE else EXPONENT
            try:
                _check_determined(process, members, len({at[row].magnitude for row in rows}) >= FEWEST[over])
                within, along = process.selected(rows), [at[row] for row in rows]
                law = (
                    energy_of(within, along, float(inputs.parameter(COMMON_TEMPERATURE)))
                    if over == TEMPERATURE
                    else exponent_of(within, along)
                )
            except InsufficientData as problem:
                missing.append(NotComputed.because(slug, problem, at=place))
            else:
                laws[number] = law
                values.append(Result(slug, law.value, f"{len(rows)} spectra", at=place))
        if over != TEMPERATURE:
            try:
                _check_determined(process, members, process.is_determined[0] and process.is_determined[-1])
            except InsufficientData as problem:
                missing += [NotComputed.because(slug, problem, at=place) for slug in RATIOS]
            else:
                values += _ratios(over, members, process, place)
    return values, laws, missing


def _not_determined_in(process: SeriesProcess, members: Sequence[Member]) -> list[str]:
    """Return the refcodes of the spectra that do not determine a process."""
    return [member.refcode for member, determined in zip(members, process.is_determined, strict=True) if not determined]


def _check_determined(process: SeriesProcess, members: Sequence[Member], is_enough: bool) -> None:
    """Refuse a number for which a process is determined in too few spectra."""
    if not is_enough:
        raise InsufficientData(
            "process-not-determined",
            "the process is not determined in {spectra}",
            spectra=Listed(_not_determined_in(process, members)),
        )


def _ratios(over: str, members: Sequence[Member], process: SeriesProcess, place: dict[str, int]) -> list[Result]:
    """Return resistance and interface capacitance at the last condition over those at the first."""
    peaks = [process.peak(index) for index in (0, -1)]
    first, last = (_estimates(peak, members[index]) for peak, index in zip(peaks, (0, -1), strict=True))
    first_at, last_at = (process_curves.in_words(over, members[index].at.magnitude) for index in (0, -1))
    note = f"{last_at} over {first_at}"
    spread = {
        "Brug": peaks[1].interface_capacitance_f / peaks[0].interface_capacitance_f,
        "C = τ/R": peaks[1].capacitance_f / peaks[0].capacitance_f,
    }
    return [
        Result(
            ratio,
            propagate(lambda a, b: b / a, a=first[slug], b=last[slug]),
            note,
            at=place,
            method_spread=spread if ratio == CONTACT_RATIO else {},
        )
        for ratio, slug in RATIOS.items()
        if slug in first and slug in last
    ]


def _estimates(peak: Peak, member: Member) -> dict[str, Estimate]:
    return process_estimates(peak, max(2 * member.spectrum.frequency_hertz.size - 8, 1))


def _method_messages(over: str, members: Sequence[Member], processes: Sequence[SeriesProcess]) -> list[Message]:
    messages = [
        Message(
            "series-method",
            "{spectra} spectra at different {condition} ({refcodes}) are fitted simultaneously with {processes} "
            "processes: each is present in every spectrum and keeps its number.",
            spectra=len(members),
            condition=WORDS[over],
            refcodes=Listed(member.refcode for member in members),
            processes=len(processes),
        )
    ]
    if not processes:
        messages.append(Message("no-peaks", "No process is supported by the data.", "warning"))
    for number, process in enumerate(processes, start=1):
        outside = [member.refcode for member, inside in zip(members, process.is_in_window, strict=True) if not inside]
        if outside:
            messages.append(
                Message(
                    "process-outside-window",
                    "Process {number} is outside the measured frequencies of {spectra}: its values there are "
                    "extrapolated.",
                    "warning",
                    number=number,
                    spectra=Listed(outside),
                )
            )
        if lacking := _not_determined_in(process, members):
            messages.append(
                Message(
                    "process-not-determined",
                    "Process {number} is not determined in {spectra}: its resistance is too small there or overlaps "
                    "with that of another process, or its relaxation time jumps by a decade or more. Its values there "
                    "are excluded.",
                    "warning",
                    number=number,
                    spectra=Listed(lacking),
                )
            )
    messages += [
        Message(
            "spectrum-drifted",
            "Kramers-Kronig residual of {spectrum} ({residual_percent:.2g} %) exceeds its noise "
            "({noise_percent:.2g} %): the cell drifted during the measurement or responded nonlinearly.",
            "warning",
            spectrum=member.refcode,
            residual_percent=member.test.residual_percent,
            noise_percent=member.test.noise_percent,
        )
        for member in members
        if member.test.is_systematic
    ]
    return messages


def _first_assignments(inputs: Inputs, processes: Sequence[SeriesProcess]) -> list[Message]:
    middle = len(processes[0].resistance_ohm) // 2 if processes else 0
    return assignment_messages(inputs, [process.peak(middle) for process in processes])


@hookimpl
def register_quantities() -> Sequence[Quantity]:
    """Add what a process has over a series of spectra, cell-level quantities."""
    return (
        Quantity(
            slug=ENERGY,
            name="Activation energy of a process",
            unit="eV",
            unit_label="eV",
            symbol="E_a,p",
            description="Negative slope of ln(T/R) of a process against 1/kT.",
            per_cell=True,
        ),
        _ratio(EXPONENT, "Pressure exponent of a process", "m_p", "m in 1/R = a pᵐ of a process."),
        _ratio(
            RESISTANCE_RATIO,
            "Resistance ratio of a process",
            "R/R₀",
            "Resistance of a process at the highest value of the varied condition divided by that at the lowest.",
        ),
        _ratio(
            CONTACT_RATIO,
            "Relative contact area",
            "A/A₀",
            "Interface capacitance of a process at the highest value of the varied condition divided by that at the "
            "lowest.",
        ),
        Quantity(
            slug=PROBABILITY,
            name="Probability of a process in a series",
            unit="percent",
            unit_label="%",
            symbol="p",
            description="Probability that the spectra of a series contain the process.",
            minimum=0,
            maximum=100,
            per_cell=True,
        ),
    )


def _ratio(slug: str, name: str, symbol: str, description: str) -> Quantity:
    return Quantity(
        slug=slug,
        name=name,
        unit="dimensionless",
        unit_label="",
        symbol=symbol,
        description=description,
        per_cell=True,
    )


@hookimpl
def register_analyses() -> Sequence[Analysis]:
    """Offer the processes on the spectra of a cell over each condition."""
    return tuple(_analysis(over) for over in WORDS)


def _analysis(over: str) -> Analysis:
    outputs = {TEMPERATURE: (ENERGY,), PRESSURE: (EXPONENT, *RATIOS)}.get(over, tuple(RATIOS))
    thermometer = tuple(parameter for parameter in SERIES_PARAMETERS if parameter.name == COMMON_TEMPERATURE)
    return Analysis(
        name=f"relaxation-times-by-{NAMES[over]}",
        version="1.1.0",
        title=f"Processes of spectra at several {WORDS[over]}",
        description="Distributions of relaxation times of all spectra, and a simultaneous fit in which each process "
        "keeps its number.",
        techniques=("eis",),
        outputs=(PROBABILITY, *outputs),
        run=run,
        not_applicable=("too-few-spectra",),
        parameters=(*SPECTRUM_PARAMETERS, *(thermometer if over == TEMPERATURE else ())),
        requirements=(f"spectra at {FEWEST[over]} or more {WORDS[over]}, all other conditions equal",),
        scope="series",
        over=over,
        min_measurements=FEWEST[over],
    )
