"""The layers of a cell as a stack: whether they are a complete cell, how often each is there, and what each weighs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from analyses.cell.energy_density import CellLayer, mass_loading_mg_cm2
from analyses.cell.repeat_units import layer_counts
from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate
from registry.contract.analysis_support.cell.weighed_layer import MASS
from registry.contract.inputs import Inputs
from registry.contract.layer import Layer
from registry.contract.outcome import Message, Refused

CATHODE, ANODE, SEPARATOR, COLLECTOR = "cathode", "anode", "separator", "current_collector"
ELECTRODES = (CATHODE, ANODE)
NOT_COUNTED = "sample"
"""The role of a pellet or powder, which is not a part of a stack; layers of every other role have a mass."""
DENSE_KINDS = ("metal_or_alloy", "current_collector")
"""Kinds of material whose layers are foils without pores, so that they have the density of the material."""
DENSITIES = {"apparent_density_g_cm3": "apparent density", "density_g_cm3": "density of the material"}


@dataclass(frozen=True)
class StackLayer:
    """One layer, and what it weighs or why that is not known."""

    layer: Layer
    part: CellLayer | None
    lacking: tuple[Refused, ...] = ()
    message: Message | None = None
    """Where its loading comes from, if it was not entered."""

    @property
    def name(self) -> str:
        """Its position, role and material, for messages."""
        return layer_name(self.layer)


@dataclass(frozen=True)
class CellStack:
    """The layers of a cell in stacking order."""

    layers: tuple[StackLayer, ...]
    repeat_units: int | None
    messages: tuple[Message, ...]

    def with_roles(self, *roles: str) -> tuple[StackLayer, ...]:
        """Return the layers with one of these roles."""
        return tuple(item for item in self.layers if item.layer.role in roles)

    def without_role(self, role: str) -> tuple[StackLayer, ...]:
        """Return the layers with any other role."""
        return tuple(item for item in self.layers if item.layer.role != role)


def read_repeat_units(inputs: Inputs) -> int | None:
    """Return how often the layers are repeated in the cell; None if not entered."""
    number = inputs.fact("cell.repeat_units")
    return number if isinstance(number, int) else None


def read_stack(inputs: Inputs) -> CellStack:
    """Return the layers that count; refuse layers that are not a complete cell, or of which the number is not known."""
    layers = tuple(layer for layer in inputs.layers if layer.role != NOT_COUNTED)
    messages = _check_complete(layers)
    repeat_units = read_repeat_units(inputs)
    if repeat_units is None:
        messages += (_repeat_units_not_entered(layers),)
    try:
        counts = layer_counts(repeat_units or 1, [_coated_sides(layer, repeat_units) for layer in layers])
    except InsufficientData as error:
        raise Refused.of(error) from error
    read = [_read_layer(layer) for layer in layers]
    stack = tuple(
        replace(item, part=item.part and replace(item.part, count=count))
        for item, count in zip(read, counts, strict=True)
    )
    return CellStack(stack, repeat_units, (*messages, *(item.message for item in stack if item.message)))


def _check_complete(layers: Sequence[Layer]) -> tuple[Message, ...]:
    """Return that an electrode is a bare collector, if it is; refuse if one side of the cell is missing."""
    roles = [layer.role for layer in layers]
    missing = [role for role in ELECTRODES if role not in roles]
    if not missing:
        return ()
    if len(missing) == 1:
        for layer in _across_separator(layers):
            if layer.role != COLLECTOR:
                return ()
            return (
                Message(
                    "electrode-without-layer",
                    "No {role} entered: {layer}, a bare current collector, faces the other electrode. The {role} "
                    "forms on it in operation and adds no mass.",
                    role=missing[0],
                    layer=layer_name(layer),
                ),
            )
    raise Refused(
        "missing-layer-role",
        "no cell mass: the layers are not a complete cell: add a layer with the role {role}, or a current collector "
        "on the other side of the separator",
        role=" or ".join(missing),
    )


def _across_separator(layers: Sequence[Layer]) -> list[Layer]:
    """Return the electrodes and collectors with a separator between them and an electrode, electrodes first."""
    positions = [index for index, layer in enumerate(layers) if layer.role in ELECTRODES]
    across = [
        layer
        for index, layer in enumerate(layers)
        if layer.role in (*ELECTRODES, COLLECTOR)
        and any(
            SEPARATOR in {between.role for between in layers[min(index, other) : max(index, other)]}
            for other in positions
        )
    ]
    return sorted(across, key=lambda layer: layer.role == COLLECTOR)


def _repeat_units_not_entered(layers: Sequence[Layer]) -> Message:
    """Return that the layers are the cell; refuse if they say themselves that they are not."""
    for layer in layers:
        if layer.coated_sides == 2:
            raise Refused(
                "missing-repeat-units",
                "no cell mass: {layer} is shared by two repeat units; enter the number of repeat units of the cell",
                layer=layer_name(layer),
            )
    return Message(
        "repeat-units-not-entered",
        "Number of repeat units not entered: the entered layers are taken as the complete cell.",
    )


def _coated_sides(layer: Layer, repeat_units: int | None) -> int | None:
    """Return the coated sides of a collector, which must be known in a stack."""
    if layer.role != COLLECTOR:
        return None
    if layer.coated_sides is None and (repeat_units or 1) > 1:
        raise Refused(
            "missing-coated-sides",
            "no cell mass: enter whether {layer} is coated on one side or on both, shared by two repeat units",
            layer=layer_name(layer),
        )
    return layer.coated_sides


def _read_layer(layer: Layer) -> StackLayer:
    lacking = []
    loading = area = message = None
    try:
        loading, message = _loading(layer)
    except Refused as refusal:
        lacking.append(refusal)
    try:
        area = _positive(layer, "area_cm2", "area")
    except Refused as refusal:
        lacking.append(refusal)
    if loading is None or area is None:
        return StackLayer(layer, None, tuple(lacking))
    part = CellLayer(loading, area, layer.quantity("thickness_um"), mass_mg=layer.quantity(MASS))
    return StackLayer(layer, part, message=message)


def _loading(layer: Layer) -> tuple[Estimate, Message | None]:
    """Return the loading as entered, or density times thickness where the density is that of the layer."""
    if layer.optional("mass_loading_mg_cm2", "areal mass loading") is not None:
        return _positive(layer, "mass_loading_mg_cm2", "areal mass loading"), None
    for slug, words in DENSITIES.items():
        if slug == "density_g_cm3" and layer.material_kind not in DENSE_KINDS:
            continue
        if layer.optional(slug, words) is not None:
            density = _positive(layer, slug, words)
            loading = mass_loading_mg_cm2(density, _positive(layer, "thickness_um", "thickness"))
            return loading, _of_density(layer, words, density, loading)
    raise Refused(
        "missing-mass-loading",
        "no areal mass loading: enter it for {layer}, or its thickness and its apparent density, pores included",
        layer=layer_name(layer),
        quantity="mass_loading_mg_cm2",
    )


def _of_density(layer: Layer, words: str, density: Estimate, loading: Estimate) -> Message:
    return Message(
        "loading-from-density",
        "Mass loading of {layer}: {loading_mg_cm2:.4g} mg/cm², from its thickness and the {words}, {density:.4g} "
        "g/cm³{assumption}.",
        layer=layer_name(layer),
        loading_mg_cm2=loading.magnitude,
        words=words,
        density=density.magnitude,
        assumption="" if words == DENSITIES["apparent_density_g_cm3"] else ", assuming a pore-free foil",
    )


def _positive(layer: Layer, slug: str, words: str) -> Estimate:
    number = layer.require(slug, words)
    if number.lower <= 0:
        raise Refused(
            "zero-within-rounding",
            "the {words} of {layer} ({number:g}) is not above zero within rounding: correct it",
            words=words,
            layer=layer_name(layer),
            number=number.magnitude,
            quantity=slug,
        )
    return number


def layer_name(layer: Layer) -> str:
    """Return position, role and material of a layer, for messages: `layer 2 (separator, LPSCl)`."""
    return f"layer {layer.position} ({layer.role.replace('_', ' ')}, {layer.name})"
