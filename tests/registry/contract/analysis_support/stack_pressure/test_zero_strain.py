import pytest

from registry.contract.analysis_support.stack_pressure.zero_strain import ZERO_STRAIN, changing_electrode
from registry.hookspecs import Inputs


def changing(cathode: str, anode: str, names: str = str(ZERO_STRAIN.default)) -> str:
    facts = {
        "layers.count": 2,
        "layers.1.role": "cathode",
        "layers.1.name": "cathode composite",
        "layers.1.active_material": cathode,
        "layers.2.role": "anode",
        "layers.2.name": "anode composite",
        "layers.2.active_material": anode,
    }
    role, message = changing_electrode(Inputs(facts, parameters={ZERO_STRAIN.name: names}))
    assert message.code == ("change-of-one-electrode" if role else "change-of-the-cell")
    return role


@pytest.mark.parametrize("name", ["LTO", "lithium titanate Li4Ti5O12", "Li₄Ti₅O₁₂", "lto Li4Ti5O12"])
def test_the_electrode_across_a_zero_strain_one_changes(name: str) -> None:
    assert changing("NCM90", name) == "cathode"
    assert changing(name, "Li") == "anode"


@pytest.mark.parametrize(("cathode", "anode"), [("NCM90", "Li"), ("LTO", "LTO"), ("NCM90", ""), ("NCM90", "LTOx")])
def test_without_exactly_one_zero_strain_electrode_the_change_is_that_of_the_cell(cathode: str, anode: str) -> None:
    assert changing(cathode, anode) == ""


def test_the_materials_are_a_setting() -> None:
    assert changing("NCM90", "LTO", names="") == ""
    assert changing("NCM90", "Ti2Nb10O29", names="LTO, Ti2Nb10O29") == "cathode"


def test_a_half_cell_without_the_other_electrode_is_not_assigned() -> None:
    facts = {"layers.count": 1, "layers.1.role": "anode", "layers.1.name": "LTO", "layers.1.active_material": "LTO"}
    assert changing_electrode(Inputs(facts, parameters={ZERO_STRAIN.name: "LTO"}))[0] == ""
