import numpy as np
import pytest

from analyses.impedance.outliers import find_outliers
from analyses.impedance.spectrum import check_spectrum
from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate
from registry.contract.analysis_support.impedance.outlier_points import (
    LEFT_OUT,
    WITHOUT_OUTLIERS,
    left_out_messages,
    outlier_messages,
    read_frequencies,
    refusal,
    with_effect,
)
from registry.hookspecs import NotComputed, ParameterChange, Refused, Result
from tests.coded import message_of, refuses
from tests.spectra import FREQUENCY, make_spectrum

SPECTRUM = make_spectrum(relative_noise=0.003)
IMPEDANCE = SPECTRUM.impedance_ohm * np.where(np.isin(np.arange(60), (20, 40)), 1.5, 1.0)
WITH_TWO = check_spectrum(FREQUENCY, IMPEDANCE.real, IMPEDANCE.imag)
OUTLIERS = find_outliers(check_spectrum(FREQUENCY, IMPEDANCE.real, IMPEDANCE.imag))


def test_reads_frequencies_however_they_are_separated() -> None:
    assert read_frequencies("") == ()
    assert read_frequencies("10000, 31.6;5e1  7") == (10000.0, 31.6, 50.0, 7.0)


@pytest.mark.parametrize("word", ["10k", "-5", "0", "nan", "inf"])
def test_refuses_what_is_no_frequency(word: str) -> None:
    with refuses("invalid-frequency", Refused, word=word):
        read_frequencies(f"10, {word}")


def test_each_outlier_carries_how_to_leave_it_out() -> None:
    messages = outlier_messages(WITH_TWO, OUTLIERS)
    assert [message.parameters["row"] for message in messages] == [21, 41]
    assert [message.level for message in messages] == ["warning", "warning"]
    (offer,) = messages[0].offers
    assert offer.parameter == LEFT_OUT
    assert float(offer.value) == pytest.approx(FREQUENCY[20], rel=1e-5)


def test_an_offer_keeps_what_is_left_out_already() -> None:
    spectrum = WITH_TWO.without([40])
    (message,) = outlier_messages(spectrum, find_outliers(spectrum))
    assert message.offers[0].value == f"{FREQUENCY[20]:.6g}, {FREQUENCY[40]:.6g}"


def test_a_point_left_out_can_be_used_again() -> None:
    first, second = left_out_messages(WITH_TWO.without([20, 40]))
    assert [first.parameters["row"], second.parameters["row"]] == [21, 41]
    assert first.offers[0].value == f"{FREQUENCY[40]:.6g}"
    (alone,) = left_out_messages(WITH_TWO.without([20]))
    assert alone.offers[0].value == ""


def test_the_effect_of_outliers_is_a_component_once() -> None:
    of_minimum = Result("resistance_ohm", Estimate.measured(110.0, 1.0).attributed("noise"))
    of_fit = Result("resistance_ohm", Estimate.measured(110.0, 10.0).attributed("fit"), method_spread={"x": 110.0})
    without = Result("resistance_ohm", Estimate.measured(100.0, 1.0))
    widened, (message,) = with_effect(of_minimum, without, WITH_TWO, OUTLIERS)
    assert isinstance(widened, Result)
    assert widened.estimate.standard_uncertainty == pytest.approx(np.hypot(1, 10))
    assert message_of([message], "outliers-in-resistance", without_ohm=100.0, with_ohm=110.0).level == "warning"
    same, _ = with_effect(of_fit, without, WITH_TWO, OUTLIERS)
    assert isinstance(same, Result)
    assert same.estimate == of_fit.estimate
    assert same.method_spread == {"x": 110.0, WITHOUT_OUTLIERS: 100.0}


def test_a_resistance_that_is_not_determined_stays_so() -> None:
    lacking = NotComputed("resistance_ohm", "resistance-not-determined")
    assert with_effect(lacking, lacking, WITH_TWO, OUTLIERS) == (lacking, ())


def test_a_refusal_names_the_outliers_and_offers_to_leave_them_out() -> None:
    refused = refusal(InsufficientData("no-circuit-fits", "no circuit fits"), WITH_TWO, OUTLIERS)
    assert (refused.code, refused.parameters["rows"]) == ("outlier-points", [21, 41])
    (offer,) = refused.offers
    assert isinstance(offer, ParameterChange)
    assert offer.value == f"{FREQUENCY[20]:.6g}, {FREQUENCY[40]:.6g}"
