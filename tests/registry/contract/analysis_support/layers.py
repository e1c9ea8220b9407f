"""Facts of stacks of layers for the tests, each as `role name` or `role name kind`."""

from analyses.uncertainty import Estimate
from registry.hookspecs import Fact

LI, STEEL, LPSCL, NCM = "anode Li metal_or_alloy", "current_collector steel", "separator LPSCl", "cathode NCM811"


def facts_of(*layers: str, **facts: Fact) -> dict[str, Fact]:
    """The facts of these layers, electrolytes and samples 600 µm thick and 0.785 cm² wide."""
    stack: dict[str, Fact] = {"layers.count": len(layers)}
    for position, text in enumerate(layers, start=1):
        role, name, *kind = text.split()
        stack |= {f"layers.{position}.role": role, f"layers.{position}.name": name}
        stack[f"layers.{position}.material_kind"] = kind[0] if kind else ""
        if role in ("separator", "sample", "interlayer"):
            stack[f"layers.{position}.thickness_um"] = Estimate.exact(600.0)
            stack[f"layers.{position}.area_cm2"] = Estimate.exact(0.785)
    return stack | facts
