from registry.hookspecs import NotComputed, Outcome
from registry.testing import example_cell, example_inputs
from registry.testing.checks.case import Case
from registry.testing.checks.missing import column_words, fact_words, missing_faults
from tests.registry.testing import broken


def case_of(run: object, example=None, **changes: object) -> Case:
    (analysis,) = broken.plugin_of(run, **changes).register_analyses()
    return Case(analysis, "made here", example or example_inputs("eis"))


def faults(case: Case) -> list[str]:
    return list(missing_faults(case, case.observe().ended))


def falls_back_on_the_report(inputs):
    if inputs.dataset:
        return broken.sound(inputs)
    if inputs.reported("resistance_ohm"):
        return broken.made(1.0)
    raise broken.Refused("needs more")


def needs_every_temperature(inputs):
    degrees = [measurement.condition("temperature_degc") for measurement in inputs.measurements("eis")]
    known = [degree.magnitude for degree in degrees if degree]
    if not known:
        raise broken.Refused("needs spectra at some temperature: none is stated")
    return broken.made(sum(known))


def test_words_that_name_a_fact() -> None:
    assert fact_words("layers.2.mass_loading_mg_cm2") == ["mass_loading_mg_cm2", "areal", "mass", "loading"]
    assert fact_words("measurement.c_rate") == ["c_rate", "c-rate"]
    assert "cathode" in fact_words("layers.1.role", "cathode")
    assert column_words("test_time_second") == ["test_time_second", "test time"]


def test_what_is_read_instead_is_taken_away_as_well() -> None:
    (fault,) = faults(case_of(falls_back_on_the_report))
    assert "without dataset.sha256 and reported.resistance_ohm it says ‘needs more’" in fault


def test_of_a_whole_cell_a_fact_is_taken_from_one_measurement_and_from_all() -> None:
    assert faults(case_of(needs_every_temperature, example_cell("eis"))) == []


def test_a_fact_of_every_measurement_is_named_once() -> None:
    def trips(inputs):
        degrees = [measurement.condition("temperature_degc") for measurement in inputs.measurements("eis")]
        return broken.made(max(degree.magnitude for degree in degrees if degree))

    (fault,) = faults(case_of(trips, example_cell("eis")))
    assert "fails without measurements.*.temperature_degc: ValueError" in fault


def test_why_a_quantity_is_lacking_names_what_is_missing_too() -> None:
    def gives_less(inputs):
        thickness = inputs.only_layer("sample").quantity("thickness_um")
        lacking = () if thickness else (NotComputed("thickness_um", "not known"),)
        return Outcome(values=broken.made(1.0).values, not_computed=lacking)

    (fault,) = faults(case_of(gives_less, outputs=("resistance_ohm", "thickness_um")))
    assert "without layers.1.thickness_um it says ‘not known’" in fault
