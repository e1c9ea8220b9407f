import pytest

from registry.contract.analysis_support.cell.sample_layer import find_sample
from registry.hookspecs import Inputs, Refused
from tests.coded import message_of, refuses
from tests.registry.contract.analysis_support.layers import LI, LPSCL, STEEL, facts_of


def sample_of(*layers: str):
    return find_sample(Inputs(facts_of(*layers)).layers)


def test_the_layer_with_the_role_is_the_sample_without_a_word() -> None:
    layer, messages = sample_of(STEEL, LPSCL, "sample LLZO", STEEL)
    assert (layer.position, messages) == (3, ())


@pytest.mark.parametrize("layers", [(STEEL, LPSCL, STEEL), (LI, LPSCL, LI), (LPSCL,)])
def test_the_only_electrolyte_is_the_sample_with_a_message(layers: tuple[str, ...]) -> None:
    layer, messages = sample_of(*layers)
    assert layer.name == "LPSCl"
    assert message_of(messages, "electrolyte-as-sample").level == "info"


@pytest.mark.parametrize("role", ["interlayer carbon", "interlayer composite"])
def test_the_layer_between_two_electrolytes_is_the_sample(role: str) -> None:
    layer, messages = sample_of(LI, LPSCL, role, LPSCL, LI)
    assert layer.position == 3
    assert message_of(messages, "enclosed-layer-as-sample")


def test_two_electrolytes_are_refused_by_name() -> None:
    with refuses(
        "several-electrolyte-layers",
        Refused,
        count=2,
        layers=["layer 2 (separator, LPSCl)", "layer 3 (separator, LLZO)"],
    ):
        sample_of(STEEL, LPSCL, "separator LLZO", STEEL)


@pytest.mark.parametrize("layers", [(), (STEEL, STEEL), (STEEL, "interlayer carbon", STEEL)])
def test_a_cell_without_an_electrolyte_has_no_sample(layers: tuple[str, ...]) -> None:
    with refuses("missing-layer-role", Refused, layers=0):
        sample_of(*layers)


def test_two_samples_are_refused() -> None:
    with refuses("missing-layer-role", Refused, layers=2):
        sample_of("sample LPSCl", "sample LLZO")
