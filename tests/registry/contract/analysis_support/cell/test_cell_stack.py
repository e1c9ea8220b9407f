import pytest

from analyses.uncertainty import Estimate
from registry.contract.analysis_support.cell.cell_stack import layer_name, read_repeat_units, read_stack
from registry.hookspecs import Fact, Inputs, Refused
from tests.coded import message_of, refuses

COLLECTOR = "current_collector"


def cell(*roles: str, **of_cell: Fact) -> Inputs:
    """Return the inputs of a cell with layers of these roles, each of 1 mg/cm² and 10 cm²."""
    facts: dict[str, Fact] = {"layers.count": len(roles), **{f"cell.{name}": fact for name, fact in of_cell.items()}}
    for number, role in enumerate(roles, start=1):
        facts |= {
            f"layers.{number}.role": role,
            f"layers.{number}.name": "A",
            f"layers.{number}.mass_loading_mg_cm2": Estimate.exact(1.0),
            f"layers.{number}.area_cm2": Estimate.exact(10.0),
            f"layers.{number}.coated_sides": 2 if role == COLLECTOR and of_cell else None,
        }
    return Inputs(facts)


@pytest.mark.parametrize(
    "roles",
    [
        ("cathode", "separator", "anode"),
        ("cathode", "anode"),
        (COLLECTOR, "cathode", "separator", "interlayer", COLLECTOR),
        ("anode", "separator", "anode"),
        ("cathode", "separator", "cathode"),
        (COLLECTOR, "separator", "anode"),
    ],
)
def test_two_sides_make_a_cell(roles: tuple[str, ...]) -> None:
    assert len(read_stack(cell(*roles)).layers) == len(roles)


@pytest.mark.parametrize(
    ("roles", "missing"),
    [
        (("cathode",), "anode"),
        (("cathode", "separator"), "anode"),
        ((COLLECTOR, "cathode", "separator"), "anode"),
        (("cathode", "separator", "interlayer"), "anode"),
        (("separator", "anode"), "cathode"),
        ((COLLECTOR, "separator", COLLECTOR), "cathode or anode"),
        ((), "cathode or anode"),
    ],
)
def test_one_side_alone_is_refused(roles: tuple[str, ...], missing: str) -> None:
    with refuses("missing-layer-role", Refused, role=missing):
        read_stack(cell(*roles))


def test_a_bare_collector_is_named() -> None:
    stack = read_stack(cell("cathode", "separator", COLLECTOR))
    assert message_of(stack.messages, "electrode-without-layer", role="anode", layer="layer 3 (current collector, A)")


def test_says_that_the_layers_are_the_cell_without_repeat_units() -> None:
    inputs = cell("cathode", "separator", "anode")
    assert read_repeat_units(inputs) is None
    assert message_of(read_stack(inputs).messages, "repeat-units-not-entered")


def test_counts_the_layers_of_repeat_units() -> None:
    stack = read_stack(cell(COLLECTOR, "cathode", "separator", "anode", repeat_units=4))
    assert [item.part.count.number for item in stack.layers if item.part] == [2.0, 4.0, 4.0, 4.0]
    assert stack.messages == ()


def test_refuses_more_than_two_shared_collectors() -> None:
    with refuses("too-many-shared-collectors", Refused, count=3):
        read_stack(cell(COLLECTOR, "cathode", COLLECTOR, "separator", "anode", COLLECTOR, repeat_units=2))


def test_a_layer_without_mass_names_everything_that_it_lacks() -> None:
    inputs = cell("cathode", "separator", "anode")
    facts = dict(inputs._facts) | {"layers.2.mass_loading_mg_cm2": None, "layers.2.area_cm2": "<10 cm²"}
    separator = read_stack(Inputs(facts)).layers[1]
    assert separator.part is None
    assert [refusal.code for refusal in separator.lacking] == ["missing-mass-loading", "only-a-bound"]
    assert layer_name(separator.layer) == separator.name == "layer 2 (separator, A)"
