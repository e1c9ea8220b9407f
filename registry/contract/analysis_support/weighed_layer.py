"""Loading and area of a layer whose product is its mass, also of a layer that was weighed."""

from analyses.cell.energy_density import CellLayer
from analyses.uncertainty import Estimate, propagate
from registry.contract.layer import Layer

MASS = "mass_mg"


def read_weighed_layer(layer: Layer) -> CellLayer:
    """Return the loading and area of a layer, to compute its mass from.

    Of a layer that was weighed the area is taken as exact and the loading as its mass on that area: the area does not
    add to the uncertainty of the mass. Refuses as `Layer.require` does.
    """
    loading, area = layer.require("mass_loading_mg_cm2", "areal mass loading"), layer.require("area_cm2", "area")
    mass = layer.quantity(MASS)
    if mass is None:
        return CellLayer(loading, area)
    exact = Estimate.exact(area.magnitude, inferred=area.inferred)
    return CellLayer(propagate(lambda mass, area: mass / area, mass=mass, area=exact), exact)
