"""Curves of an impedance spectrum: Nyquist plots, and the residuals of the fit and of the Kramers-Kronig test."""

import numpy as np

from analyses.impedance.circuits.fitted_circuit import ImpedanceFit
from analyses.impedance.kramers_kronig import KramersKronig
from analyses.impedance.spectrum import Spectrum
from registry.contract.curve import Axis, Curve, Series

POINTS_PER_LINE = 200
FREQUENCY = Axis(quantity="frequency_hz", log=True)


def impedance_curves(spectrum: Spectrum, fit: ImpedanceFit | None, test: KramersKronig) -> tuple[Curve, ...]:
    """Return Nyquist plots, full and before the blocking tail, and the residuals of fit and Kramers-Kronig test."""
    frequency = spectrum.frequency_hertz
    before_tail = spectrum.tail_frequency_hz
    test_residuals = test.real_residual_percent, test.imaginary_residual_percent
    plots = [_nyquist("nyquist", "Nyquist plot", spectrum, fit, float(frequency[-1]))]
    if before_tail > frequency[-1]:
        title = "Nyquist plot before the blocking tail"
        plots.append(_nyquist("nyquist-before-tail", title, spectrum, fit, before_tail))
    if fit is not None:
        fit_residuals = fit.real_residual_percent, fit.imaginary_residual_percent
        plots.append(_residuals("residuals", "Residuals of the fit", frequency, *fit_residuals))
    plots.append(
        _residuals("kramers-kronig-residuals", "Residuals of the Kramers-Kronig test", frequency, *test_residuals)
    )
    return tuple(plots)


def _nyquist(name: str, title: str, spectrum: Spectrum, fit: ImpedanceFit | None, lowest_hz: float) -> Curve:
    shown = spectrum.impedance_ohm[spectrum.frequency_hertz >= lowest_hz]
    series = [Series("Data", shown.real.tolist(), (-shown.imag).tolist(), line=False, markers=True)]
    left_out = [point.impedance_ohm for point in spectrum.left_out if point.frequency_hertz >= lowest_hz]
    if left_out:
        real, negative_imaginary = [z.real for z in left_out], [-z.imag for z in left_out]
        series.append(Series("Left out", real, negative_imaginary, line=False, markers=True))
    if fit is not None:
        line = fit.circuit.impedance(np.geomspace(spectrum.frequency_hertz[0], lowest_hz, POINTS_PER_LINE), fit.values)
        series.append(Series("Fit", line.real.tolist(), (-line.imag).tolist()))
    x, y = Axis(quantity="real_impedance_ohm"), Axis(quantity="negative_imaginary_impedance_ohm")
    return Curve(name, title, x, y, tuple(series), equal_aspect=True)


def _residuals(name: str, title: str, frequency: np.ndarray, real: np.ndarray, imaginary: np.ndarray) -> Curve:
    series = tuple(
        Series(label, frequency.tolist(), part.tolist(), line=False, markers=True)
        for label, part in (("Re Z", real), ("Im Z", imaginary))
    )
    return Curve(name, title, FREQUENCY, Axis(quantity="impedance_residual_percent"), series)
