"""Statistics of replicates on example groups."""

import math

import pytest

from plugins import replicate_statistics
from registry.contract.group_member import MEASURED, Measured, member_value_key
from registry.hookspecs import Estimate
from registry.numbers import catalogue
from registry.testing import Example, example_group, run_analysis
from tests.plugins.plugin_examples import symmetric_cells

SIGMA = "ionic_conductivity_s_cm"
CONDITIONS = "[stack_pressure_mpa=10;technique=eis;temperature_degc=25]"


def codes(result: object) -> set[str]:
    return {message.code for message in result.messages}  # type: ignore[attr-defined]


def without(group: Example, origin: str) -> Example:
    removed = [path for path in group.facts if f"/{origin}" in path and not path.endswith("measured")]
    return group.changed(dict.fromkeys(removed))


def test_the_mean_and_its_scatter() -> None:
    """1, 1.1 and 0.9 mS/cm: mean 1 mS/cm, s = 0.1 mS/cm."""
    mean = run_analysis(replicate_statistics, example_group(count=3)).values[SIGMA + CONDITIONS]
    assert mean.magnitude == pytest.approx(1e-3)
    assert mean.standard_uncertainty == pytest.approx(1e-4 / math.sqrt(3))
    assert mean.degrees_of_freedom == pytest.approx(2)


def test_computed_values_are_used_with_a_message() -> None:
    result = run_analysis(replicate_statistics, example_group(count=3))
    assert codes(result) == {"scatter-between-cells", "other-values-not-used"}


def test_reported_values_can_be_preferred() -> None:
    result = run_analysis(replicate_statistics, example_group(count=2), parameters={"preferred_origin": "reported"})
    assert result.values[SIGMA + CONDITIONS].half_width == pytest.approx(5e-6)


def test_reported_values_are_used_if_none_were_computed() -> None:
    result = run_analysis(replicate_statistics, without(example_group(count=3), "computed"))
    assert list(result.values) == [SIGMA + CONDITIONS]


def test_the_scatter_is_in_the_message() -> None:
    result = run_analysis(replicate_statistics, example_group(count=3))
    (scatter,) = [
        item
        for item in result.messages
        if item.parameters.get("quantity") == SIGMA and item.level == "info" and item.code == "scatter-between-cells"
    ]
    assert (scatter.parameters["count"], scatter.parameters["built"]) == (3, 3)
    assert scatter.parameters["median"] == pytest.approx(1e-3)
    assert scatter.parameters["deviation"] == pytest.approx(1e-4)
    assert scatter.parameters["measurement"] == pytest.approx(2e-6, rel=0.01)


def test_a_cell_without_a_value_is_not_counted() -> None:
    path = "members.C-00002.values.resistance_ohm.M-00002/computed/ionic-conductivity"
    result = run_analysis(replicate_statistics, example_group(count=3, changes={path: None}))
    (scatter,) = [item for item in result.messages if item.parameters.get("quantity") == "resistance_ohm"]
    assert scatter.parameters["count"] == 2


def test_no_values_in_common_are_refused() -> None:
    group = without(without(example_group(count=3), "computed"), "reported")
    result = run_analysis(replicate_statistics, group)
    assert (result.status, codes(result)) == ("refused", {"no-common-values"})


def test_cells_that_failed_are_counted_and_named() -> None:
    failed = example_group(count=3).changed({"members.C-00002.cell.failure": "short circuit in the first charge"})
    result = run_analysis(replicate_statistics, failed)
    (named,) = [message for message in result.messages if message.code == "cells-failed"]
    assert named.parameters["count"] == 1
    assert "C-00002" in str(named.parameters["cells"])
    scatter = [message for message in result.messages if message.code == "scatter-between-cells"]
    assert {message.parameters["failed"] for message in scatter} == {1}


def test_an_end_that_not_all_tests_have_reached_is_not_averaged() -> None:
    """The time to a short circuit of two cells of four says nothing of the two that still run."""
    result = run_analysis(replicate_statistics, symmetric_cells([10.0, 40.0, 60.0, 60.0], [True, True, False, False]))
    (reason,) = result.messages if result.status == "refused" else result.outcome.not_computed
    assert (reason.code, reason.parameters["count"], reason.parameters["cells"]) == ("tests-not-ended", 2, 4)
    assert "time-to-short-circuit" in reason.text
    assert not any("hours" in key or "cycled_time" in key for key in result.values)


def test_an_end_that_all_tests_have_reached_is_averaged() -> None:
    result = run_analysis(replicate_statistics, symmetric_cells([10.0, 40.0], [True, True]))
    assert [estimate.magnitude for key, estimate in result.values.items() if key.startswith("hours_to")] == [25.0]
    assert "test-extents-left-out" in codes(result)
    assert not any(key.startswith("cycled_time") for key in result.values)


def test_the_plot_names_each_cell() -> None:
    curve = run_analysis(replicate_statistics, example_group(count=3)).outcome.curves[0]
    assert "/ S cm⁻¹" in curve.title
    assert [series.name for series in curve.series[:3]] == ["C-00001", "C-00002", "C-00003"]


def test_a_critical_current_that_some_ramps_have_not_reached_is_not_averaged() -> None:
    """Two of three cells short-circuited at 1 mA/cm²; the third bore 2 mA/cm²: a mean of 1 would be too low."""
    critical, without = "critical_current_density_ma_cm2", "current_density_without_short_ma_cm2"
    facts = dict(example_group(count=3).facts)
    for number, borne in enumerate((1.0, 1.0, 2.0), start=1):
        cell = f"members.C-{number:05}"
        facts[f"{cell}.quantities"] = (without,) if number == 3 else (critical, without)
        for quantity in facts[f"{cell}.quantities"]:
            key = member_value_key(f"M-{number:05}", "computed", "symmetric-cell", None)
            path = f"{cell}.values.{quantity}"
            measured = Measured(quantity, None, "symmetric_cycling", (), "computed", "symmetric-cell")
            facts |= {path: (key,), f"{path}.{key}": Estimate.exact(borne)}
            facts[f"{path}.{key}.{MEASURED}"] = measured.with_test_of(catalogue.get(quantity)).facts()
    result = run_analysis(replicate_statistics, Example(facts, {}))
    (reason,) = result.messages if result.status == "refused" else result.outcome.not_computed
    assert (reason.code, reason.parameters["count"], reason.parameters["cells"]) == ("tests-not-ended", 1, 3)
