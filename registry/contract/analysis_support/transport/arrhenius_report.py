"""Messages about an Arrhenius line: its data, and whether one line describes the series."""

from collections.abc import Sequence

from analyses.coded_text import Listed
from analyses.transport.activation_energy import BOLTZMANN_EV_K, ZERO_CELSIUS_K, ArrheniusFit
from registry.contract.analysis_support.transport.temperature_series import Point, numbers_of
from registry.contract.outcome import Message

PLAUSIBLE_EV = (0.0, 1.0)
"""Activation energies of ion conduction at the temperatures at which it can be measured."""


def arrhenius_messages(
    part: str, series: Sequence[Point], fit: ArrheniusFit, thermometer_k: float
) -> tuple[Message, ...]:
    """Return the source of the line of a part (`Total`, `Bulk`), its outliers, and the test of its curvature."""
    return (
        _source(part, series, thermometer_k),
        *_outliers(part, series, fit),
        _curvature(part, series, fit),
        *_implausible(part, fit),
    )


def _source(part: str, series: Sequence[Point], thermometer_k: float) -> Message:
    kelvin = numbers_of(series)[0] + ZERO_CELSIUS_K
    return Message(
        "arrhenius-slope",
        "{part}: slope of ln(σT) against 1/kT of {count} spectra ({spectra}) at {conditions}. The uncertainty "
        "combines the scatter about the line and {thermometer_k:g} K of the thermometer; an error of 1 K in all "
        "temperatures changes the energy by {percent_per_kelvin:.2g} %. Errors common to all conductivities, such as "
        "the geometry, cancel. A fit of ln σ instead of ln(σT) gives {lower_ev:.2g} eV less.",
        part=part,
        count=len(series),
        spectra=", ".join(point.refcode for point in series),
        conditions=series[0].conditions,
        thermometer_k=thermometer_k,
        percent_per_kelvin=200 / kelvin.mean(),
        lower_ev=BOLTZMANN_EV_K * kelvin.mean(),
    )


def _implausible(part: str, fit: ArrheniusFit) -> tuple[Message, ...]:
    """Return a warning if the whole interval of an energy is outside those of ion conduction."""
    energies = [of_range.activation_energy_ev for of_range in fit.ranges] or [fit.activation_energy_ev]
    least, most = PLAUSIBLE_EV
    for energy in energies:
        low, high = energy.interval()
        if high < least or low > most:
            return (
                Message(
                    "implausible-activation-energy",
                    "{part}: {energy_ev:.3g} eV is outside {least_ev:g} to {most_ev:g} eV, that of ion conduction: "
                    "check that the temperatures are in °C and belong to these spectra.",
                    "warning",
                    part=part,
                    energy_ev=energy.magnitude,
                    least_ev=least,
                    most_ev=most,
                ),
            )
    return ()


def _outliers(part: str, series: Sequence[Point], fit: ArrheniusFit) -> tuple[Message, ...]:
    """Return a warning that names the outliers."""
    if not fit.outliers:
        return ()
    without = f"; without it the energy is {fit.without_outliers_ev:.3g} eV" if fit.without_outliers_ev else ""
    return (
        Message(
            "arrhenius-outlier",
            "{part}: {spectra} is farther from the line than scatter explains. It is included in the energy{without}; "
            "exclude it with left_out_spectra if it is wrong.",
            "warning",
            part=part,
            spectra=Listed([series[index].refcode for index in fit.outliers], between=" and "),
            without=without,
            without_ev=fit.without_outliers_ev,
        ),
    )


def _curvature(part: str, series: Sequence[Point], fit: ArrheniusFit) -> Message:
    """Return whether the line is straight, as far as that can be tested."""
    if fit.ranges:
        return _two_ranges(part, series, fit)
    if fit.is_curved:
        return Message(
            "arrhenius-curved",
            "{part}: the Arrhenius plot is curved (p = {probability:.2g}). The interval of the energy includes the "
            "slopes at both ends, {lower_ev:.3g} to {upper_ev:.3g} eV; set a range of temperatures.",
            "warning",
            part=part,
            probability=fit.curvature_probability,
            lower_ev=fit.activation_energy_ev.lower,
            upper_ev=fit.activation_energy_ev.upper,
        )
    if fit.curvature_probability is None:
        return Message(
            "curvature-not-tested",
            "{part}: curvature cannot be tested with fewer than four temperatures.",
            part=part,
        )
    return Message(
        "arrhenius-straight",
        "{part}: no significant curvature (p = {probability:.2g}).",
        part=part,
        probability=fit.curvature_probability,
    )


def _two_ranges(part: str, series: Sequence[Point], fit: ArrheniusFit) -> Message:
    cold, hot = ([series[index].temperature_degc.magnitude for index in of_range.points] for of_range in fit.ranges)
    energies = [of_range.activation_energy_ev.magnitude for of_range in fit.ranges]
    kink = f"; the lines cross at {fit.kink_degc.magnitude:.3g} °C" if fit.kink_degc else ""
    return Message(
        "arrhenius-two-ranges",
        "{part}: two ranges, {cold_ev:.3g} eV from {coldest:g} to {cold_to:g} °C and {hot_ev:.3g} eV from {hot_from:g} "
        "to {hottest:g} °C{kink} (p = {probability:.2g} for curvature, p = {of_two_lines:.2g} for two lines).",
        "warning",
        part=part,
        cold_ev=energies[0],
        hot_ev=energies[1],
        coldest=min(cold),
        cold_to=max(cold),
        hot_from=min(hot),
        hottest=max(hot),
        kink=kink,
        probability=fit.curvature_probability,
        of_two_lines=fit.ranges_probability,
    )
