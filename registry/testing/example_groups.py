"""Example inputs for analyses of a group: several cells, each with the values of one spectrum."""

from collections.abc import Mapping, Sequence

from analyses.uncertainty import Estimate
from registry.contract.group_member import MEASURED, GroupKind, Measured, member_value_key
from registry.hookspecs import Fact
from registry.numbers import catalogue
from registry.testing.cells import PELLET, Facts, measured, rounded
from registry.testing.example import Example

FACTORS = (1.0, 1.1, 0.9, 1.05, 0.95)
"""Values of the cells relative to the first, repeated for more than five."""
OVER = "sample.mass_fraction_percent.VGCF"
CONDITIONS = (("stack_pressure_mpa", "10"), ("temperature_degc", "25"))
ANALYSIS = "ionic-conductivity"
SIGMA_S_CM, RESISTANCE_OHM = 1e-3, 1050.0
COATED = "Li6PS5Cl, coated"
"""Name of the sample of every second cell of a comparison."""
LABELS: Mapping[str, Sequence[str]] = {"comparison": ("bare", "coated")}


def example_group(
    kind: GroupKind = "replicates", *, count: int = 5, changes: Mapping[str, Fact] | None = None
) -> Example:
    """Return the inputs of a group of `count` cells, C-00001 and so on, each with a spectrum at 10 MPa and 25 °C.

    Each has a conductivity, computed and reported, and a resistance; the conductivities of the first five are 1, 1.1,
    0.9, 1.05 and 0.95 mS/cm. The cells of a recipe series have 0, 1, 2, ... % of VGCF; every second cell of a
    comparison has a coated sample.
    """
    refcodes = tuple(f"C-{number:05}" for number in range(1, count + 1))
    facts: Facts = {"group.kind": kind, "group.over": OVER if kind == "recipe" else None, "group.members": refcodes}
    for index, refcode in enumerate(refcodes):
        member = _member(index, _label(kind, index))
        if kind == "comparison" and index % 2:
            member["layers.1.name"] = COATED
        if kind == "recipe":
            member["recipe_number"] = rounded(float(index), 0.05)
        facts |= {f"members.{refcode}.{path}": fact for path, fact in member.items()}
    return Example(facts, {}).changed(changes)


def _label(kind: str, index: int) -> str | None:
    labels = LABELS.get(kind, ())
    return labels[index] if index < len(labels) else None


def _member(index: int, label: str | None) -> Facts:
    factor, record = FACTORS[index % len(FACTORS)], f"M-{index + 1:05}"
    sigma, ohm = SIGMA_S_CM * factor, RESISTANCE_OHM / factor
    analysis = "ionic-conductivity"
    return (
        {"label": label, **PELLET, "quantities": ("ionic_conductivity_s_cm", "resistance_ohm")}
        | _values(
            "ionic_conductivity_s_cm", record, {analysis: measured(sigma, 0.002 * sigma), "": rounded(sigma, 5e-6)}
        )
        | _values("resistance_ohm", record, {analysis: measured(ohm, 0.002 * ohm)})
    )


def _values(quantity: str, record: str, by_analysis: Mapping[str, Estimate]) -> Facts:
    """Return the facts of the values of a spectrum; without an analysis, of a reported one."""
    facts: Facts = {}
    keys = []
    for analysis, number in by_analysis.items():
        origin = "computed" if analysis else "reported"
        keys.append(member_value_key(record, origin, analysis, None))
        path = f"values.{quantity}.{keys[-1]}"
        facts[path] = number
        measured = Measured(quantity, None, "eis", CONDITIONS, origin, analysis)
        facts[f"{path}.{MEASURED}"] = measured.with_test_of(catalogue.get_or_placeholder(quantity)).facts()
    return facts | {f"values.{quantity}": tuple(keys)}
