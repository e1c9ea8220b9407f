import re

import numpy as np
import pytest

from analyses.uncertainty import Estimate
from registry.testing import example_cell, example_inputs, example_series
from tests.registry.testing import broken


def test_changes_and_removes_facts() -> None:
    inputs = example_inputs("eis", {"layers.1.thickness_um": 500, "layers.1.area_cm2": None})
    sample = inputs.only_layer("sample")
    assert sample.quantity("thickness_um") == Estimate.exact(500)
    assert sample.quantity("area_cm2") is None


def test_keeps_texts_and_counts() -> None:
    inputs = example_inputs("eis", {"setup.blocks": "electrons", "layers.count": 0})
    assert inputs.fact("setup.blocks") == "electrons"
    assert inputs.layers == ()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("layers.1.thicknes_um", "‘layers.1.thicknes_um’: .*‘thickness_um’?"),
        ("measurement.temperature_c", "‘measurement.temperature_degc’?"),
        ("temperature_degc", "‘temperature_degc’: .*‘measurement.temperature_degc’?"),
        ("measurements.M-00001.temprature_degc", "‘temperature_degc’?"),
    ],
)
def test_refuses_an_unknown_path_with_a_suggestion(path: str, expected: str) -> None:
    with pytest.raises(ValueError, match=expected.replace("?", r"\?")):
        example_inputs("eis", {path: None})


@pytest.mark.parametrize("path", ["reported.price_eur", "computed.resistance_ohm", "layers.4.name", "cell.format"])
def test_accepts_new_facts_an_analysis_could_read(path: str) -> None:
    assert example_inputs("eis", {path: "word"}).fact(path) == "word"


def test_replaces_adds_and_removes_columns() -> None:
    inputs = example_inputs(
        "eis", columns={"real_impedance_ohm": [1, 2], "imaginary_impedance_ohm": None, "test_time_second": [0, 1]}
    )
    assert list(inputs.columns) == ["frequency_hertz", "real_impedance_ohm", "test_time_second"]
    assert inputs.columns["real_impedance_ohm"].tolist() == [1.0, 2.0]


def test_columns_are_read_only() -> None:
    for inputs in (example_inputs("eis"), example_inputs("eis", columns={"real_impedance_ohm": np.ones(3)})):
        with pytest.raises(ValueError, match="read-only"):
            inputs.columns["real_impedance_ohm"][0] = 0.0


def test_without_a_file_there_are_no_columns() -> None:
    inputs = example_inputs("eis", {"dataset.sha256": None})
    assert inputs.columns == {}
    assert inputs.dataset is None


def test_changes_the_columns_of_every_measurement() -> None:
    cell = example_cell("eis").with_columns(lambda columns: {name: column[:3] for name, column in columns.items()})
    datasets = [measurement.dataset for measurement in cell.measurements("eis")]
    assert [dataset.column("frequency_hertz").size for dataset in datasets if dataset] == [3] * 5


def test_an_analysis_gets_its_defaults_and_depends_on() -> None:
    (analysis,) = broken.plugin_of(broken.valid).register_analyses()
    inputs = example_inputs("eis").for_analysis(analysis)
    assert inputs.parameter("share") == 1.0
    with pytest.raises(LookupError, match="`depends_on`"):
        inputs.computed("resistance_ohm")


def test_refuses_an_unknown_parameter() -> None:
    (analysis,) = broken.plugin_of(broken.valid).register_analyses()
    with pytest.raises(ValueError, match=r"‘typical-resistance’.*‘part’.* share$"):
        example_inputs("eis", parameters={"part": 1}).for_analysis(analysis)


@pytest.mark.parametrize(("technique", "form"), [("xrd", ""), ("sem", ""), ("cycling", "reported")])
def test_columns_become_the_data_of_an_example_without_data(technique: str, form: str) -> None:
    inputs = example_inputs(technique, form=form, columns={"two_theta_degree": [10, 20]})
    assert inputs.dataset is not None
    assert inputs.dataset.column("two_theta_degree").tolist() == [10.0, 20.0]
    assert inputs.changed(columns={"intensity_count": [5, 6]}).columns.keys() == {"two_theta_degree", "intensity_count"}


def test_refuses_columns_for_a_cell_without_data() -> None:
    with pytest.raises(ValueError, match="data"):
        example_cell("photograph").changed(columns={"voltage_volt": [1]})


def test_refuses_to_remove_a_column_that_is_not_there() -> None:
    with pytest.raises(ValueError, match="‘voltage_volt’"):
        example_inputs("cycling", columns={"voltage_volts": None})


def test_changes_the_header() -> None:
    inputs = example_inputs("eis", {"dataset.header.instrument": "SP-300", "dataset.start_time": None})
    assert inputs.dataset is not None
    assert inputs.dataset.header["instrument"] == "SP-300"
    assert inputs.dataset.start_time is None


def test_facts_of_a_condition_of_a_plugin_are_set() -> None:
    for slug in ("laser_power_mw", "relative_humidity_percent", "voltage_mean_v"):
        changed = example_inputs("xrd", {f"measurement.{slug}": 1.0})
        assert changed.condition(slug) == Estimate.exact(1.0)
    series = example_series("raman", over="laser_power_mw", count=2, like="xrd")
    assert [(member.technique, member.at.magnitude) for member in series.series] == [("raman", 1.0), ("raman", 2.0)]
    assert len(example_cell("raman", "eis", count=2, like="xrd").measurements("raman")) == 2


@pytest.mark.parametrize("path", ["measurement.temperature_deg", "measurements.M-00001.measurement.technique"])
def test_a_misspelt_path_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match=rf"‘{re.escape(path)}’.*‘"):
        example_series("eis", count=2).changed({path: 1.0})


def test_an_unknown_technique_is_refused_with_what_to_write() -> None:
    for make in (example_inputs, example_series, example_cell):
        with pytest.raises(ValueError, match="like="):
            make("raman")
