"""The layer of a cell whose conductivity is measured."""

from collections.abc import Sequence

from analyses.coded_text import Listed
from registry.contract.analysis_support.cell.cell_stack import COLLECTOR, ELECTRODES, SEPARATOR, layer_name
from registry.contract.layer import Layer, get_only_layer
from registry.contract.outcome import Message, Refused

SAMPLE = "sample"


def find_sample(layers: Sequence[Layer]) -> tuple[Layer, tuple[Message, ...]]:
    """Return the sample, and a message if no layer has that role.

    It is the only layer with the role sample; without one, the only electrolyte (role separator), or the only layer
    between two electrolytes, which then block electrons. Otherwise it refuses, and names the electrolytes.
    """
    if any(layer.role == SAMPLE for layer in layers):
        return get_only_layer(layers, SAMPLE), ()
    electrolytes = [layer for layer in layers if layer.role == SEPARATOR]
    if len(electrolytes) == 1:
        return electrolytes[0], (
            Message(
                "electrolyte-as-sample",
                "No layer has the role sample: the only electrolyte, {layer}, is the sample.",
                layer=layer_name(electrolytes[0]),
            ),
        )
    if not electrolytes:
        return get_only_layer(layers, SAMPLE), ()
    enclosed = layers_between(layers, electrolytes)
    if len(electrolytes) == 2 and len(enclosed) == 1:
        return enclosed[0], (
            Message(
                "enclosed-layer-as-sample",
                "No layer has the role sample: {layer}, between two electrolytes, is the sample.",
                layer=layer_name(enclosed[0]),
            ),
        )
    raise Refused(
        "several-electrolyte-layers",
        "{count} layers are electrolytes ({layers}): give the measured layer the role sample",
        count=len(electrolytes),
        layers=Listed([layer_name(layer) for layer in electrolytes]),
    )


def layers_between(layers: Sequence[Layer], ends: Sequence[Layer]) -> list[Layer]:
    """Return the layers between the first and the last of `ends` that are neither ends, electrodes nor collectors."""
    inside = range(ends[0].position + 1, ends[-1].position)
    positions = {layer.position for layer in ends}
    return [
        layer
        for layer in layers
        if layer.position in inside and layer.position not in positions and layer.role not in (*ELECTRODES, COLLECTOR)
    ]
