"""Energy density of a cell from the mass of its layers, its capacity and its mean voltage."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from analyses.cell.repeat_units import ONCE, OUTER, LayerCount
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
    count: LayerCount = ONCE
    """How often the cell has this layer."""
    mass_mg: Estimate | None = None
    """Mass of one such layer if it was weighed [mg]: its area then adds nothing to the uncertainty of the mass."""

    def mass_numbers(self, index: int) -> dict[str, Estimate]:
        """Return what the mass of the layer is computed from, for `propagate`, named by its index."""
        if self.mass_mg is not None:
            return {f"mass_{index}": self.mass_mg}
        return {f"loading_{index}": self.mass_loading_mg_cm2, f"area_{index}": self.area_cm2}


def mass_from(numbers: Mapping[str, float], index: int) -> float:
    """Return the mass of a layer from its numbers [mg]: as weighed, or loading times area."""
    name = f"mass_{index}"
    return numbers[name] if name in numbers else numbers[f"loading_{index}"] * numbers[f"area_{index}"]


def layer_mass_mg(layer: CellLayer) -> Estimate:
    """Return the mass as weighed, or loading times area, of all such layers in the cell.

    Parameters
    ----------
    layer : CellLayer
        A layer with its loading [mg cm⁻²] and area [cm²], or its mass [mg].

    Returns
    -------
    Estimate
        Mass [mg].
    """
    return cell_mass_mg((layer,))


def cell_mass_mg(layers: Sequence[CellLayer]) -> Estimate:
    """Return the sum of the masses of all layers, weighed or loading times area, their rounding taken as independent.

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
    return propagate(lambda **numbers: _mass(numbers, layers), **_numbers(layers))


def mass_loading_mg_cm2(density_g_cm3: Estimate, thickness_um: Estimate) -> Estimate:
    """Return density times thickness, the mass of a layer per area.

    Parameters
    ----------
    density_g_cm3 : Estimate
        Density of the layer as it is, pores included [g cm⁻³].
    thickness_um : Estimate
        Thickness [µm].

    Returns
    -------
    Estimate
        Areal mass loading [mg cm⁻²].

    Raises
    ------
    InsufficientData
        If one of them may be zero within its rounding.

    Examples
    --------
    >>> round(mass_loading_mg_cm2(Estimate.exact(8.96), Estimate.exact(10.0)).magnitude, 2)
    8.96
    """
    if min(density_g_cm3.lower, thickness_um.lower) <= 0:
        raise InsufficientData(
            "zero-within-rounding", "the density or the thickness is zero within rounding: enter it with more digits"
        )
    return propagate(
        lambda density, thickness: density * thickness * CM_PER_UM * MG_PER_G,
        density=density_g_cm3,
        thickness=thickness_um,
    )


def gravimetric_energy_density_wh_kg(
    capacity_mah: Estimate, mean_voltage_v: Estimate, layers: Sequence[CellLayer], others_mg: Sequence[Estimate] = ()
) -> Estimate:
    """Return capacity times mean voltage over the mass of the layers and of what else counts.

    Parameters
    ----------
    capacity_mah : Estimate
        Discharge capacity of the cell [mAh].
    mean_voltage_v : Estimate
        Mean discharge voltage [V].
    layers : sequence of CellLayer
        Every layer whose mass counts.
    others_mg : sequence of Estimate, optional
        Other masses that count, such as packaging and tabs [mg].

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
        lambda capacity, voltage, **numbers: (
            capacity * voltage / _mass(numbers, layers, len(others_mg)) * WH_PER_KG_IN_MWH_PER_MG
        ),
        capacity=capacity_mah,
        voltage=mean_voltage_v,
        **_numbers(layers),
        **{f"other_{index}": mass for index, mass in enumerate(others_mg)},
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
    sizes = _thicknesses(layers) | {f"area_{index}": layer.area_cm2 for index, layer in enumerate(layers)}
    if min(layer.area_cm2.lower for layer in layers) <= 0:
        raise _no_volume()

    def density(capacity: float, voltage: float, **numbers: float) -> float:
        volume_cm3 = _sum(
            layers, numbers, lambda index: numbers[f"area_{index}"] * numbers[f"thickness_{index}"] * CM_PER_UM
        )
        return capacity * voltage / volume_cm3

    return propagate(density, capacity=capacity_mah, voltage=mean_voltage_v, **sizes)


def packaged_energy_density_wh_l(
    capacity_mah: Estimate,
    mean_voltage_v: Estimate,
    layers: Sequence[CellLayer],
    footprint_cm2: Estimate,
    packaging_thickness_um: Estimate,
) -> Estimate:
    """Return capacity times mean voltage over footprint times thickness of the stack and its packaging.

    Parameters
    ----------
    capacity_mah : Estimate
        Discharge capacity of the cell [mAh].
    mean_voltage_v : Estimate
        Mean discharge voltage [V].
    layers : sequence of CellLayer
        Every layer of the stack, each with a thickness.
    footprint_cm2 : Estimate
        Outer area of the cell with its packaging [cm²].
    packaging_thickness_um : Estimate
        Thickness of the packaging on both sides together [µm].

    Returns
    -------
    Estimate
        Energy density [Wh L⁻¹].

    Raises
    ------
    InsufficientData
        If there are no layers, one has no thickness, the footprint is smaller than a layer, or the volume may be zero
        within its rounding.
    """
    _require_layers(layers)
    if footprint_cm2.lower <= 0 or packaging_thickness_um.lower < 0:
        raise _no_volume()
    largest = max((layer.area_cm2 for layer in layers), key=lambda area: area.lower)
    if footprint_cm2.upper < largest.lower:
        raise InsufficientData(
            "footprint-below-layer-area",
            "the footprint ({footprint:g} cm²) is smaller than the largest layer ({area:g} cm²): correct one of them",
            footprint=footprint_cm2.magnitude,
            area=largest.magnitude,
        )

    def density(capacity: float, voltage: float, footprint: float, packaging: float, **numbers: float) -> float:
        thickness_um = packaging + _sum(layers, numbers, lambda index: numbers[f"thickness_{index}"])
        return capacity * voltage / (footprint * thickness_um * CM_PER_UM)

    return propagate(
        density,
        capacity=capacity_mah,
        voltage=mean_voltage_v,
        footprint=footprint_cm2,
        packaging=packaging_thickness_um,
        **_thicknesses(layers),
    )


def _require_layers(layers: Sequence[CellLayer]) -> None:
    if not layers:
        raise InsufficientData("no-layers", "the cell has no layers")


def _no_volume() -> InsufficientData:
    return InsufficientData(
        "missing-cell-volume", "no cell volume: every layer needs a thickness and an area above zero"
    )


def _thicknesses(layers: Sequence[CellLayer]) -> dict[str, Estimate]:
    """Return the thickness of each layer, with the choice of the outer collector."""
    thicknesses: dict[str, Estimate] = dict(_outer(layers))
    for index, layer in enumerate(layers):
        if layer.thickness_um is None or layer.thickness_um.lower <= 0:
            raise _no_volume()
        thicknesses[f"thickness_{index}"] = layer.thickness_um
    return thicknesses


def _outer(layers: Sequence[CellLayer]) -> dict[str, Estimate]:
    """Return the choice of the collector at both ends of the stack, if there is one."""
    return {"outer": OUTER} if any(layer.count.outer for layer in layers) else {}


def _numbers(layers: Sequence[CellLayer]) -> dict[str, Estimate]:
    numbers: dict[str, Estimate] = dict(_outer(layers))
    for index, layer in enumerate(layers):
        numbers |= layer.mass_numbers(index)
    return numbers


def _mass(numbers: Mapping[str, float], layers: Sequence[CellLayer], others: int = 0) -> float:
    mass_mg = _sum(layers, numbers, lambda index: mass_from(numbers, index))
    return mass_mg + sum(numbers[f"other_{index}"] for index in range(others))


def _sum(layers: Sequence[CellLayer], numbers: Mapping[str, float], size: Callable[[int], float]) -> float:
    """Return the sum of the sizes of the layers, each as often as the cell has it."""
    outer = numbers.get("outer", 0.0)
    return sum((layer.count.number + layer.count.outer * outer) * size(index) for index, layer in enumerate(layers))
