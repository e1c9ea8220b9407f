"""A layer with what its mass is computed from, which of a layer that was weighed is the mass itself."""

from analyses.cell.energy_density import CellLayer
from registry.contract.layer import Layer

MASS = "mass_mg"


def read_weighed_layer(layer: Layer) -> CellLayer:
    """Return the loading and area of a layer, and its mass if it was weighed. Refuses as `Layer.require` does."""
    loading, area = layer.require("mass_loading_mg_cm2", "areal mass loading"), layer.require("area_cm2", "area")
    return CellLayer(loading, area, mass_mg=layer.quantity(MASS))
