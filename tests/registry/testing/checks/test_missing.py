from registry.hookspecs import NotComputed, Outcome
from registry.testing import example_cell, example_inputs
from registry.testing.checks.case import Case
from registry.testing.checks.missing import column_terms, fact_terms, missing_problems
from tests.registry.testing import broken


def case_of(run: object, example=None, **changes: object) -> Case:
    (analysis,) = broken.plugin_of(run, **changes).register_analyses()
    return Case(analysis, "test", example or example_inputs("eis"))


def problems(case: Case) -> list[str]:
    return list(missing_problems(case, case.observe().result))


def falls_back_on_the_reported_value(inputs):
    if inputs.dataset:
        return broken.valid(inputs)
    if inputs.reported("resistance_ohm"):
        return broken.outcome_of(1.0)
    raise broken.Refused("missing-input", "input missing")


def needs_every_temperature(inputs):
    degrees = [measurement.condition("temperature_degc") for measurement in inputs.measurements("eis")]
    known = [degree.magnitude for degree in degrees if degree]
    if not known:
        raise broken.Refused("missing-temperature", "no temperature: enter it for a spectrum")
    return broken.outcome_of(sum(known))


def test_terms_that_name_a_fact() -> None:
    assert fact_terms("layers.2.mass_loading_mg_cm2") == ["mass_loading_mg_cm2", "areal", "mass", "loading"]
    assert fact_terms("measurement.c_rate") == ["c_rate", "c-rate"]
    assert "cathode" in fact_terms("layers.1.role", "cathode")
    assert column_terms("test_time_second") == ["test_time_second", "test time"]


def test_removes_fallback_inputs_too() -> None:
    (problem,) = problems(case_of(falls_back_on_the_reported_value))
    assert "dataset.sha256 and reported.resistance_ohm" in problem


def test_removes_a_fact_from_one_and_from_all_measurements_of_a_cell() -> None:
    assert problems(case_of(needs_every_temperature, example_cell("eis"))) == []


def test_names_a_fact_of_all_measurements_once() -> None:
    def fails(inputs):
        degrees = [measurement.condition("temperature_degc") for measurement in inputs.measurements("eis")]
        return broken.outcome_of(max(degree.magnitude for degree in degrees if degree))

    (problem,) = problems(case_of(fails, example_cell("eis")))
    assert " measurements.*.temperature_degc: ValueError" in problem


def test_reasons_of_missing_quantities_must_name_the_input() -> None:
    def computes_less(inputs):
        thickness = inputs.only_layer("sample").quantity("thickness_um")
        missing = () if thickness else (NotComputed("thickness_um", "not-known"),)
        return Outcome(values=broken.outcome_of(1.0).values, not_computed=missing)

    (problem,) = problems(case_of(computes_less, outputs=("resistance_ohm", "thickness_um")))
    assert " layers.1.thickness_um " in problem
    assert "‘not-known’" in problem
