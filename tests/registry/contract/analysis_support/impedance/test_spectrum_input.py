import numpy as np
import pytest

from analyses.impedance.spectrum import CHANGES_DIRECTION
from analyses.insufficient_data import InsufficientData
from registry.contract.analysis_support.impedance.spectrum_input import (
    JOINED,
    SEGMENTS,
    SEPARATE,
    SPECTRUM_PARAMETERS,
    read_spectrum,
    read_spectrum_dataset,
    segment_messages,
)
from registry.hookspecs import Inputs, Refused
from tests.coded import message_of, refuses
from tests.spectra import columns_of, make_spectrum


def test_reads_the_window_without_the_points_left_out() -> None:
    columns = columns_of(make_spectrum(frequency=np.geomspace(1e6, 1.0, 61)))
    parameters = {parameter.name: parameter.default for parameter in SPECTRUM_PARAMETERS}
    parameters |= {"lowest_frequency_hz": 5.0, "left_out_frequencies_hz": "1000"}
    inputs = Inputs({"dataset.sha256": "ab"}, lambda: columns, parameters)
    dataset = inputs.dataset
    assert dataset is not None
    spectrum = read_spectrum(inputs, dataset)
    assert spectrum.frequency_hertz[-1] >= 5.0
    assert spectrum.outside_window > 0
    assert [point.frequency_hertz for point in spectrum.left_out] == pytest.approx([1000.0])


HIGH, LOW = np.geomspace(1e6, 1e3, 31), np.geomspace(1.5e3, 1.0, 33)


def inputs_of(*segments: dict[str, np.ndarray], **parameters: str) -> Inputs:
    """Inputs of a measurement whose file has these datasets, of which none is selected."""
    facts = {
        "dataset.undecided": "several-datasets",
        "dataset.undecided.filenames": ("run.csv",),
        "dataset.undecided.count": len(segments),
        "datasets.parts.count": len(segments),
    }
    data = {f"datasets.parts.{number}": (lambda part=part: part) for number, part in enumerate(segments, start=1)}
    defaults = {parameter.name: parameter.default for parameter in SPECTRUM_PARAMETERS}
    return Inputs(facts, parameters=defaults | parameters, columns_of=data)


def segments(factor: float = 1.0) -> list[dict[str, np.ndarray]]:
    high, low = (columns_of(make_spectrum(frequency=frequency)) for frequency in (HIGH, LOW))
    return [high, low | {name: factor * low[name] for name in ("real_impedance_ohm", "imaginary_impedance_ohm")}]


def test_segments_of_a_sweep_are_refused_with_a_button_that_joins_them() -> None:
    with refuses("sweep-in-segments", Refused, count=2, from_hz=1.5e3) as refusal:
        read_spectrum_dataset(inputs_of(*segments()))
    (offer,) = refusal.value.offers
    assert (offer.parameter, offer.value) == (SEGMENTS, JOINED)


def test_joined_segments_are_one_spectrum_of_the_points_of_both() -> None:
    inputs = inputs_of(*segments(), sweep_segments=JOINED)
    dataset = read_spectrum_dataset(inputs)
    assert dataset is not None
    spectrum = read_spectrum(inputs, dataset)
    np.testing.assert_allclose(spectrum.frequency_hertz, np.sort(np.append(HIGH, LOW))[::-1])
    expected = make_spectrum(frequency=spectrum.frequency_hertz)
    np.testing.assert_allclose(spectrum.impedance_ohm, expected.impedance_ohm)
    (message,) = segment_messages(dataset)
    assert (message.code, message.parameters["count"]) == ("segments-joined", 2)
    assert [(offer.parameter, offer.value) for offer in message.offers] == [(SEGMENTS, SEPARATE)]
    assert {"datasets.parts.1.sha256", "datasets.parts.2.sha256"} <= inputs.reads.keys()


def test_segments_in_one_dataset_are_refused_with_the_button_and_joined() -> None:
    both = {name: np.concatenate([half[name] for half in segments()]) for name in segments()[0]}
    parameters = {parameter.name: parameter.default for parameter in SPECTRUM_PARAMETERS}
    inputs = Inputs({"dataset.sha256": "ab"}, lambda: both, parameters)
    dataset = read_spectrum_dataset(inputs)
    assert dataset is not None
    with refuses("sweep-in-segments", Refused, count=2) as refusal:
        read_spectrum(inputs, dataset)
    assert [(offer.parameter, offer.value) for offer in refusal.value.offers] == [(SEGMENTS, JOINED)]
    within = Inputs({"dataset.sha256": "ab"}, lambda: both, parameters | {"lowest_frequency_hz": 2e3})
    assert read_spectrum(within, dataset).frequency_hertz[-1] > 2e3
    joining = Inputs({"dataset.sha256": "ab"}, lambda: both, parameters | {SEGMENTS: JOINED})
    joined = read_spectrum_dataset(joining)
    assert joined is not None
    assert read_spectrum(joining, joined).frequency_hertz.size == HIGH.size + LOW.size
    assert message_of(segment_messages(joined), "segments-joined", count=2)


def test_a_sweep_down_and_up_is_no_sweep_in_segments() -> None:
    down = columns_of(make_spectrum(frequency=HIGH))
    both = {name: np.append(column, column[::-1]) for name, column in down.items()}
    parameters = {parameter.name: parameter.default for parameter in SPECTRUM_PARAMETERS}
    for choice in (SEPARATE, JOINED):
        inputs = Inputs({"dataset.sha256": "ab"}, lambda: both, parameters | {SEGMENTS: choice})
        dataset = read_spectrum_dataset(inputs)
        assert dataset is not None
        with refuses(CHANGES_DIRECTION, InsufficientData):
            read_spectrum(inputs, dataset)


def test_segments_that_differ_where_they_overlap_are_flagged() -> None:
    dataset = read_spectrum_dataset(inputs_of(*segments(1.05), sweep_segments=JOINED))
    assert dataset is not None
    differ = message_of(segment_messages(dataset), "segments-differ", highest_hz=1.5e3)
    assert differ.level == "warning"
    assert differ.parameters["difference_percent"] == pytest.approx(5, abs=0.1)


@pytest.mark.parametrize("choice", [SEPARATE, JOINED])
def test_spectra_that_are_no_segments_require_a_selection(choice: str) -> None:
    spectrum = columns_of(make_spectrum(frequency=HIGH))
    with refuses("several-datasets", Refused, count=2):
        read_spectrum_dataset(inputs_of(spectrum, spectrum, sweep_segments=choice))


def test_a_single_dataset_has_no_segments() -> None:
    columns = columns_of(make_spectrum())
    parameters = {parameter.name: parameter.default for parameter in SPECTRUM_PARAMETERS}
    dataset = read_spectrum_dataset(Inputs({"dataset.sha256": "ab"}, lambda: columns, parameters))
    assert dataset is not None
    assert segment_messages(dataset) == ()
