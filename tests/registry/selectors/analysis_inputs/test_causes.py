"""Numbers entered with ± and computed values carry the cause that several results share."""

import pytest

from analyses.component import Component
from analyses.uncertainty import Estimate
from registry.contract.estimate_encoding import fact_to_json
from registry.hookspecs import Fact
from registry.models import Measurement, Project
from registry.selectors.analysis_inputs import causes
from registry.selectors.analysis_inputs.facts import Facts, measurement_facts, measurements_with_inputs
from registry.services.record import save_record
from tests import factories


def facts_of(measurement: Measurement) -> Facts:
    return measurement_facts(*measurements_with_inputs([measurement.pk]))


def component(fact: Fact) -> tuple[str, str, float]:
    assert isinstance(fact, Estimate)
    (part,) = fact.components
    return part.name, part.shared, part.contribution


@pytest.fixture
def spectrum(project: Project) -> Measurement:
    cell = factories.make_pellet(project, thickness="600 ± 18 µm", area="0.785 cm²")
    setup = factories.make_setup(project, die_diameter="10.00 ± 0.02 mm")
    return factories.make_measurement(cell, technique="eis", setup=setup, temperature_degc="25 ± 1 °C")


def test_a_number_with_plus_minus_names_its_kind_and_its_record(spectrum: Measurement) -> None:
    factories.report(spectrum, "resistance_ohm", "100 ± 2 Ω")
    facts = facts_of(spectrum)
    cell = spectrum.cell.refcode
    assert component(facts["layers.1.thickness_um"]) == ("geometry", f"{cell} layers.1.thickness_um", 18.0)
    assert component(facts["setup.die_diameter_mm"]) == (
        "geometry",
        f"set-up {spectrum.setup_id} die_diameter_mm",
        pytest.approx(0.02),
    )
    assert component(facts["measurement.temperature_degc"]) == (
        "temperature",
        f"{spectrum.refcode} temperature_degc",
        1,
    )
    assert component(facts["reported.resistance_ohm"]) == (
        "resistance",
        f"{spectrum.refcode} reported.resistance_ohm",
        2.0,
    )


def test_the_same_layer_is_the_same_cause_in_every_measurement_of_the_cell(spectrum: Measurement) -> None:
    other = factories.make_measurement(spectrum.cell, technique="eis")
    path = "layers.1.thickness_um"
    assert facts_of(other)[path] == facts_of(spectrum)[path]
    twin = factories.make_measurement(factories.make_pellet(spectrum.cell.project, thickness="600 ± 18 µm"))
    assert component(facts_of(twin)[path])[1] != component(facts_of(spectrum)[path])[1]


def test_a_rounded_number_is_stored_as_before(spectrum: Measurement) -> None:
    assert fact_to_json(facts_of(spectrum)["layers.1.area_cm2"]) == [0.785, 0.7845, 0.7855, 0.0, False]


def test_mass_fractions_of_a_formulation_add_with_a_cause_each(project: Project) -> None:
    first, second = (factories.make_material(project, kind="active_material") for _ in range(2))
    formulation = factories.make_formulation(project, (first, "active", "60 ± 3 %"), (second, "active", "40 ± 4 %"))
    cell = factories.make_pellet(project)
    layer = cell.layers.get()
    layer.material, layer.formulation = None, formulation
    save_record(layer, by=None)
    fraction = facts_of(factories.make_measurement(cell))["layers.1.active_fraction_percent"]
    assert isinstance(fraction, Estimate)
    assert fraction.standard_uncertainty == pytest.approx(5.0)
    assert len({part.shared for part in fraction.components}) == 2


def test_components_of_a_computed_value_are_shared_by_all_that_read_it() -> None:
    number = Estimate.of_components(1.0, Component("fit", 0.1), Component("geometry", 0.2, shared="die 3"))
    known = causes.computed(number, "M-00001 computed.resistance_ohm")
    assert known is not None
    assert [part.shared for part in known.components] == ["M-00001 computed.resistance_ohm", "die 3"]
    assert known.standard_uncertainty == number.standard_uncertainty


def test_a_computed_value_without_components_stays_without() -> None:
    number = Estimate.measured(1.0, 0.1)
    assert causes.computed(number, "M-00001 computed.resistance_ohm") is number
    assert causes.computed(None, "") is None
