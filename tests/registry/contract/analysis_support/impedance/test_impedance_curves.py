import pytest

from analyses.impedance.circuits.circuit import parse_circuit
from analyses.impedance.circuits.circuit_fit import fit_circuit
from analyses.impedance.kramers_kronig import kramers_kronig
from registry.contract.analysis_support.impedance.impedance_curves import impedance_curves
from tests.spectra import ONE_ARC, ONE_ARC_VALUES, make_spectrum


def test_points_left_out_are_a_series_of_their_own() -> None:
    spectrum = make_spectrum().without([3, 50])
    curves = {curve.name: curve for curve in impedance_curves(spectrum, None, kramers_kronig(spectrum))}
    data, left_out = curves["nyquist"].series
    assert len(data.x) == 58
    assert left_out.x == [point.impedance_ohm.real for point in spectrum.left_out]
    (before_tail,) = [series for series in curves["nyquist-before-tail"].series if series.name == "Left out"]
    assert len(before_tail.x) == 1


def test_plot_before_the_tail_ends_at_the_tail() -> None:
    spectrum = make_spectrum()
    fit = fit_circuit(parse_circuit(ONE_ARC), spectrum)
    curves = {curve.name: curve for curve in impedance_curves(spectrum, fit, kramers_kronig(spectrum))}
    full, near = curves["nyquist"].series, curves["nyquist-before-tail"].series
    assert len(near[0].x) < len(full[0].x) == spectrum.frequency_hertz.size
    assert max(near[1].x) < 3 * sum(ONE_ARC_VALUES[:2])
    assert full[0].y == pytest.approx(-spectrum.impedance_ohm.imag)


def test_plots_data_without_a_fit() -> None:
    spectrum = make_spectrum()
    curves = impedance_curves(spectrum, None, kramers_kronig(spectrum))
    assert "residuals" not in [curve.name for curve in curves]
    assert [series.name for series in curves[0].series] == ["Data"]
