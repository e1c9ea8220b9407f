import pytest

from registry.contract.analysis_support.cell.electrodes import Electrodes, read_electrodes
from registry.hookspecs import Inputs, Refused
from tests.coded import message_of, refuses
from tests.registry.contract.analysis_support.layers import LI, LPSCL, NCM, STEEL, facts_of


def electrodes_of(*layers: str, setup: str | None = None) -> Electrodes:
    return read_electrodes(Inputs(facts_of(*layers) | {"setup.blocks": setup}))


@pytest.mark.parametrize(
    ("layers", "blocks"),
    [
        ((STEEL, LPSCL, STEEL), "ions"),
        ((STEEL, LI, LPSCL, LI, STEEL), "none"),
        (("cathode Li metal_or_alloy", LPSCL, LI), "none"),
        ((LI, LPSCL, STEEL), "none"),
        (("current_collector Li", LPSCL, "current_collector Li-In"), "none"),
        (("current_collector Al", LPSCL, "current_collector Ni"), "ions"),
        (("cathode steel metal_or_alloy", LPSCL, "anode steel metal_or_alloy"), "ions"),
        (("cathode SUS316L", LPSCL, "anode Ti"), "ions"),
        (("cathode Au", LPSCL, "current_collector Au-foil"), "ions"),
        (("cathode Au metal_or_alloy", LPSCL, LI), "none"),
        ((LI, LPSCL, "interlayer carbon", LPSCL, LI), "electrons"),
        ((LI, LPSCL, "sample composite", LPSCL, LI), "electrons"),
        ((LI, LPSCL, "sample LLZO", LI), "none"),
        (("sample LPSCl",), ""),
        ((), ""),
    ],
)
def test_layers_say_what_the_electrodes_block(layers: tuple[str, ...], blocks: str) -> None:
    electrodes = electrodes_of(*layers)
    assert (electrodes.blocks, electrodes.is_full_cell, electrodes.disagreement) == (blocks, False, None)
    assert electrodes.pass_ions == (blocks in ("none", "electrons"))


@pytest.mark.parametrize(
    "layers",
    [
        (NCM, LPSCL, LI),
        (NCM, LPSCL, "anode graphite"),
        (STEEL, NCM, LPSCL, STEEL),
        (NCM, LPSCL, "current_collector Li"),
        ("cathode NCM811", "sample LPSCl", "anode LTO"),
    ],
)
def test_a_full_cell_is_recognised_and_refused(layers: tuple[str, ...]) -> None:
    electrodes = electrodes_of(*layers)
    assert electrodes.is_full_cell
    assert electrodes.pass_ions
    with refuses("full-cell", Refused, layers=" / ".join(layer.split()[1] for layer in layers)):
        electrodes.refuse_full_cell()


@pytest.mark.parametrize("layers", [(NCM, LPSCL, NCM), ("cathode NCM811", LPSCL, "anode NCM811"), (LI, LPSCL, LI)])
def test_equal_electrodes_are_no_full_cell(layers: tuple[str, ...]) -> None:
    assert not electrodes_of(*layers).is_full_cell


@pytest.mark.parametrize(
    ("layers", "setup", "blocks"),
    [
        ((LI, LPSCL, LI), "ions", "none"),
        ((STEEL, LPSCL, STEEL), "none", "none"),
        ((STEEL, LPSCL, STEEL), "electrons", "electrons"),
    ],
)
def test_a_disagreement_is_a_warning_with_both_and_lets_ions_pass(layers, setup: str, blocks: str) -> None:
    electrodes = electrodes_of(*layers, setup=setup)
    assert electrodes.blocks == blocks
    names = " / ".join(layer.split()[1] for layer in layers)
    warning = message_of(electrodes.messages, "electrodes-disagree", layers=names)
    assert warning.level == "warning"
    assert warning.parameters["stated"] != warning.parameters["by_layers"]


@pytest.mark.parametrize(
    ("layers", "setup"),
    [
        ((LI, LPSCL, LI), "none"),
        ((LI, LPSCL, LI), "electrons"),
        ((STEEL, LPSCL, STEEL), "ions"),
        (("sample A",), "ions"),
    ],
)
def test_what_agrees_is_stated_without_a_warning(layers, setup: str) -> None:
    electrodes = electrodes_of(*layers, setup=setup)
    assert electrodes.blocks == setup
    assert [message.code for message in electrodes.messages] == ["electrodes-as-stated"]
