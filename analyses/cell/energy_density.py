"""Energy density of a cell from the mass of its layers, its capacity and its mean voltage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate, propagate

WH_PER_KG_IN_MWH_PER_MG = 1e3
CM_PER_UM = 1e-4
MG_PER_G = 1e3


@dataclass(frozen=True)
class CellLayer:
    """One layer of the stack."""

    mass_loading_mg_cm2: Estimate
    area_cm2: Estimate
    thickness_um: Estimate | None = None
    active_fraction_percent: Estimate | None = None
    """Mass fraction of active material in the layer."""


def layer_mass_mg(layer: CellLayer) -> Estimate:
    """Return loading times area.

    Parameters
    ----------
    layer : CellLayer
        A layer with its loading [mg cm⁻²] and area [cm²].

    Returns
    -------
    Estimate
        Mass [mg].
    """
    return cell_mass_mg((layer,))


def cell_mass_mg(layers: Sequence[CellLayer]) -> Estimate:
    """Return the sum of loading times area over all layers, taken as independent.

    Parameters
    ----------
    layers : sequence of CellLayer
        Every layer that counts.

    Returns
    -------
    Estimate
        Mass [mg].

    Raises
    ------
    InsufficientData
        If there are no layers.

    Examples
    --------
    >>> nine = Estimate.exact(9.0)
    >>> round(cell_mass_mg([CellLayer(Estimate.rounded(11.2, 0.05), nine)]).magnitude, 1)
    100.8
    """
    _require_layers(layers)
    return propagate(lambda **numbers: _mass(numbers, len(layers)), **_numbers(layers))


def gravimetric_energy_density_wh_kg(
    capacity_mah: Estimate, mean_voltage_v: Estimate, layers: Sequence[CellLayer]
) -> Estimate:
    """Return capacity times mean voltage over the mass of the layers.

    Parameters
    ----------
    capacity_mah : Estimate
        Discharge capacity of the cell [mAh].
    mean_voltage_v : Estimate
        Mean discharge voltage [V].
    layers : sequence of CellLayer
        Every layer whose mass counts.

    Returns
    -------
    Estimate
        Energy density [Wh kg⁻¹].

    Raises
    ------
    InsufficientData
        If there are no layers, or their mass may be zero within its rounding.
    """
    _require_layers(layers)
    if cell_mass_mg(layers).lower <= 0:
        raise InsufficientData(
            "zero-cell-mass", "the cell mass is zero within rounding: enter the mass loadings with more digits"
        )
    return propagate(
        lambda capacity, voltage, **numbers: capacity * voltage / _mass(numbers, len(layers)) * WH_PER_KG_IN_MWH_PER_MG,
        capacity=capacity_mah,
        voltage=mean_voltage_v,
        **_numbers(layers),
    )


def volumetric_energy_density_wh_l(
    capacity_mah: Estimate, mean_voltage_v: Estimate, layers: Sequence[CellLayer]
) -> Estimate:
    """Return capacity times mean voltage over the sum of area times thickness of the layers.

    Parameters
    ----------
    capacity_mah : Estimate
        Discharge capacity of the cell [mAh].
    mean_voltage_v : Estimate
        Mean discharge voltage [V].
    layers : sequence of CellLayer
        Every layer whose volume counts, each with a thickness.

    Returns
    -------
    Estimate
        Energy density [Wh L⁻¹].

    Raises
    ------
    InsufficientData
        If there are no layers, one has no thickness, or the volume may be zero within its rounding.
    """
    _require_layers(layers)
    sizes: dict[str, Estimate] = {}
    for index, layer in enumerate(layers):
        if layer.thickness_um is None or layer.thickness_um.lower <= 0 or layer.area_cm2.lower <= 0:
            raise InsufficientData(
                "missing-cell-volume", "no cell volume: every layer needs a thickness and an area above zero"
            )
        sizes |= {f"thickness_{index}": layer.thickness_um, f"area_{index}": layer.area_cm2}

    def density(capacity: float, voltage: float, **numbers: float) -> float:
        volume_cm3 = sum(
            numbers[f"area_{index}"] * numbers[f"thickness_{index}"] * CM_PER_UM for index in range(len(layers))
        )
        return capacity * voltage / volume_cm3

    return propagate(density, capacity=capacity_mah, voltage=mean_voltage_v, **sizes)


def specific_capacity_mah_g(capacity_mah: Estimate, cathodes: Sequence[CellLayer]) -> Estimate:
    """Return the capacity per gram of active material in the cathode.

    Parameters
    ----------
    capacity_mah : Estimate
        Discharge capacity of the cell [mAh].
    cathodes : sequence of CellLayer
        The cathode layers, each with its mass fraction of active material.

    Returns
    -------
    Estimate
        Specific capacity [mAh g⁻¹].

    Raises
    ------
    InsufficientData
        If there is no cathode, one has no fraction, or the active mass may be zero within its rounding.
    """
    _require_layers(cathodes)
    fractions: dict[str, Estimate] = {}
    for index, layer in enumerate(cathodes):
        fraction = layer.active_fraction_percent
        if fraction is None or min(fraction.lower, layer.mass_loading_mg_cm2.lower, layer.area_cm2.lower) <= 0:
            raise InsufficientData(
                "missing-active-mass",
                "no active mass: the cathode needs a mass loading, an area and an active fraction above zero",
            )
        fractions[f"fraction_{index}"] = fraction

    def per_gram(capacity: float, **numbers: float) -> float:
        active_mg = sum(
            numbers[f"loading_{index}"] * numbers[f"area_{index}"] * numbers[f"fraction_{index}"] / 100
            for index in range(len(cathodes))
        )
        return capacity / active_mg * MG_PER_G

    return propagate(per_gram, capacity=capacity_mah, **_numbers(cathodes), **fractions)


def areal_capacity_mah_cm2(capacity_mah: Estimate, areas_cm2: Sequence[Estimate]) -> Estimate:
    """Return the capacity per area of the cathode.

    Parameters
    ----------
    capacity_mah : Estimate
        Discharge capacity of the cell [mAh].
    areas_cm2 : sequence of Estimate
        Area of each cathode layer [cm²].

    Returns
    -------
    Estimate
        Areal capacity [mAh cm⁻²].

    Raises
    ------
    InsufficientData
        If there is no area, or one may be zero within its rounding.
    """
    if not areas_cm2 or min(area.lower for area in areas_cm2) <= 0:
        raise InsufficientData("missing-cathode-area", "no areal capacity: the cathode needs an area above zero")
    areas = {f"area_{index}": area for index, area in enumerate(areas_cm2)}
    return propagate(lambda capacity, **numbers: capacity / sum(numbers.values()), capacity=capacity_mah, **areas)


def _require_layers(layers: Sequence[CellLayer]) -> None:
    if not layers:
        raise InsufficientData("no-layers", "the cell has no layers")


def _numbers(layers: Sequence[CellLayer]) -> dict[str, Estimate]:
    numbers: dict[str, Estimate] = {}
    for index, layer in enumerate(layers):
        numbers |= {f"loading_{index}": layer.mass_loading_mg_cm2, f"area_{index}": layer.area_cm2}
    return numbers


def _mass(numbers: Mapping[str, float], count: int) -> float:
    return sum(numbers[f"loading_{index}"] * numbers[f"area_{index}"] for index in range(count))
