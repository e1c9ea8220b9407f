"""Which electrode a change of the stack pressure belongs to, if the other one keeps its volume."""

from registry.contract.analysis import Parameter
from registry.contract.analysis_support.cell.cell_stack import ANODE, CATHODE, layer_name
from registry.contract.inputs import Inputs
from registry.contract.layer import Layer
from registry.contract.outcome import Message

ZERO_STRAIN = Parameter(
    name="zero_strain_materials",
    type=str,
    default="Li4Ti5O12, LTO",
    help="Names or formulas of active materials whose volume does not change with ion uptake, separated by commas; "
    "the pressure change is then that of the other electrode.",
    title="Zero-strain materials",
)
ELECTRODE = {CATHODE: "positive electrode", ANODE: "negative electrode"}
OTHER = {CATHODE: ANODE, ANODE: CATHODE}
SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def changing_electrode(inputs: Inputs) -> tuple[str, Message]:
    """Return the role of the only electrode that changes its volume, empty if it is not known, and why."""
    names = {_plain(name) for name in str(inputs.parameter(ZERO_STRAIN.name)).split(",") if name.strip()}
    layers = inputs.layers
    keeping = {
        role: [layer for layer in layers if layer.role == role and names & _names(layer)] for role in (CATHODE, ANODE)
    }
    steady = [role for role, of_role in keeping.items() if of_role and len(of_role) == _count(layers, role)]
    if len(steady) == 1 and _count(layers, OTHER[steady[0]]):
        layer = keeping[steady[0]][0]
        return OTHER[steady[0]], Message(
            "change-of-one-electrode",
            "{layer} is a zero-strain material: the pressure change is assigned to the {electrode}, assuming that no "
            "other layer swells.",
            layer=layer_name(layer),
            electrode=ELECTRODE[OTHER[steady[0]]],
        )
    return "", Message(
        "change-of-the-cell",
        "The pressure change is that of the cell and is not assigned to an electrode, since this requires that "
        "exactly one electrode is a zero-strain material ({materials}).",
        materials=str(inputs.parameter(ZERO_STRAIN.name)),
    )


def _count(layers: tuple[Layer, ...], role: str) -> int:
    return sum(layer.role == role for layer in layers)


def _names(layer: Layer) -> set[str]:
    """Return name and formula of the only active material of a layer, each word of them too."""
    texts = [layer.active_material, layer.name] if layer.active_material else []
    return {_plain(part) for text in texts for part in (text, *text.split())}


def _plain(name: str) -> str:
    return name.translate(SUBSCRIPTS).replace(" ", "").replace("-", "").casefold()
