"""Species blocked by the electrodes of a measurement, according to the set-up and the layers of the cell."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from registry.contract.analysis_support.cell.cell_stack import ANODE, CATHODE, COLLECTOR, ELECTRODES, SEPARATOR
from registry.contract.analysis_support.cell.sample_layer import SAMPLE, layers_between
from registry.contract.inputs import Inputs
from registry.contract.layer import Layer
from registry.contract.outcome import Message, Refused

IONS, ELECTRONS, NOTHING, UNKNOWN = "ions", "electrons", "none", ""
BLOCKED: Mapping[str, str] = {IONS: "ions", ELECTRONS: "electrons", NOTHING: "neither ions nor electrons"}
METAL = "metal_or_alloy"
_ALKALI = re.compile(
    r"(li|lithium|na|sodium|k|potassium|mg|magnesium)([ -]?(in|indium|sn|si|al|ag|mg|zn|sb|alloy))?"
    r"([ -]?(metal|foil|disc|disk|chip|electrode))?",
    re.IGNORECASE,
)
"""Names of metals and alloys that exchange ions, in whatever role they were entered."""
_INERT = re.compile(
    r"((stainless[ -]?)?steel|ss|sus|ss ?3\d\d[a-z]?|sus ?3\d\d[a-z]?|au|gold|pt|platinum|ti|titanium|ni|nickel|cu"
    r"|copper|mo|molybdenum|w|tungsten|carbon)([ -]?(foil|disc|disk|plate|plunger|piston|rod|film|electrode))?"
    r"|(edelstahl|gold|kupfer|nickel|titan|platin)(scheibe|folie|stempel)?",
    re.IGNORECASE,
)
"""Names of conductors that block ions on both sides of an electrolyte, in whatever role they were entered."""


@dataclass(frozen=True)
class Electrodes:
    """Species blocked by the electrodes."""

    blocks: str
    """`ions`, `electrons`, `none`, or empty if neither set-up nor layers state it. Where they disagree, that which lets
    ions pass, so that no resistance of an interface is taken for that of the electrolyte."""
    is_full_cell: bool
    """True if the layers are a positive and a negative electrode."""
    layers: str
    """The layers in words: `Cu / LPSCl / Li`."""
    disagreement: Message | None
    """Warning that set-up and layers disagree."""

    @property
    def pass_ions(self) -> bool:
        """True if ions enter the electrodes, so that the impedance includes that of their interfaces."""
        return self.is_full_cell or self.blocks in (ELECTRONS, NOTHING)

    @property
    def messages(self) -> tuple[Message, ...]:
        """The disagreement, or what the electrodes block."""
        if self.disagreement:
            return (self.disagreement,)
        if self.blocks not in BLOCKED:
            return ()
        return (Message("electrodes-as-stated", "The electrodes block {blocks}.", blocks=BLOCKED[self.blocks]),)

    def refuse_full_cell(self) -> None:
        """Refuse if the cell is a full cell, whose impedance is not that of one layer."""
        if self.is_full_cell:
            raise Refused(
                "full-cell",
                "the layers ({layers}) are a full cell: its resistance is not that of the electrolyte, so no "
                "conductivity can be computed",
                layers=self.layers,
            )


def read_electrodes(inputs: Inputs) -> Electrodes:
    """Return what the electrodes block by the set-up and by the layers of the cell."""
    layers = inputs.layers
    stated = str(inputs.fact("setup.blocks") or UNKNOWN)
    by_layers = _by_layers(layers)
    names = " / ".join(layer.name for layer in layers)
    is_full_cell = _is_full_cell(layers)
    disagrees = stated in BLOCKED and by_layers in BLOCKED and (stated == IONS) != (by_layers == IONS)
    if not disagrees:
        return Electrodes(stated or by_layers, is_full_cell, names, None)
    disagreement = Message(
        "electrodes-disagree",
        "The set-up states that its electrodes block {stated}, but those of the layers ({layers}) block {by_layers}: "
        "correct one of them. They are assumed not to block ions.",
        "warning",
        stated=BLOCKED[stated],
        layers=names,
        by_layers=BLOCKED[by_layers],
    )
    return Electrodes(by_layers if stated == IONS else stated, is_full_cell, names, disagreement)


def _exchanges_ions(layer: Layer) -> bool:
    return layer.role in ELECTRODES or (layer.role == COLLECTOR and _ALKALI.fullmatch(layer.name.strip()) is not None)


def _by_layers(layers: Sequence[Layer]) -> str:
    """Return what the electrodes among the layers block; empty if the layers do not include them."""
    if _are_inert(layers):
        return IONS
    electrodes = [layer for layer in layers if _exchanges_ions(layer)]
    if not electrodes:
        return IONS if sum(layer.role == COLLECTOR for layer in layers) >= 2 else UNKNOWN
    electrolytes = [layer for layer in layers if layer.role == SEPARATOR]
    samples = [layer for layer in layers if layer.role == SAMPLE]
    enclosed = layers_between(layers, electrolytes) if len(electrolytes) >= 2 else []
    is_enclosed = enclosed and all(layer in enclosed for layer in samples)
    return ELECTRONS if is_enclosed and len(electrodes) >= 2 else NOTHING


def _are_inert(layers: Sequence[Layer]) -> bool:
    """True for conductors such as steel on both sides, also if they were entered as cathode and anode."""
    conductors = [layer for layer in layers if layer.role in (*ELECTRODES, COLLECTOR)]
    return len(conductors) >= 2 and all(_INERT.fullmatch(layer.name.strip()) for layer in conductors)


def _is_full_cell(layers: Sequence[Layer]) -> bool:
    """True for a positive and a negative electrode; a positive electrode across a bare collector is anode-free."""
    cathodes = [layer for layer in layers if layer.role == CATHODE]
    others = [layer for layer in layers if layer.role == ANODE or (layer.role == COLLECTOR and _exchanges_ions(layer))]
    if not cathodes or _are_inert(layers):
        return False
    if not others:
        return len(cathodes) == 1 and cathodes[0].material_kind != METAL
    return any(not _are_alike(cathode, other) for cathode in cathodes for other in others)


def _are_alike(first: Layer, second: Layer) -> bool:
    return first.name == second.name or (first.material_kind == METAL and second.material_kind == METAL)
