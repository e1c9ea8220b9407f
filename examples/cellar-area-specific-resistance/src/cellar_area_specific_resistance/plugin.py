"""The plugin: a quantity, its analysis and a comparison table."""

from analyses.cell.geometry import disc_area
from analyses.uncertainty import Estimate
from cellar_area_specific_resistance import __version__
from cellar_area_specific_resistance.resistance import area_specific_resistance
from registry.hookspecs import (
    Analysis,
    Column,
    Inputs,
    Listed,
    Message,
    Outcome,
    Parameter,
    Quantity,
    Refused,
    Result,
    Table,
    hookimpl,
)

CONTRACT_VERSION = 2

SLUG = "area_specific_resistance_ohm_cm2"
ROLES = ("sample", "separator")
QUANTITY = Quantity(
    slug=SLUG,
    name="Area-specific resistance",
    unit="ohm*cm**2",
    unit_label="Ω cm²",
    symbol="ASR",
    description="Resistance times electrode area, per interface for identical interfaces in series.",
    minimum=0,
)
FACES = Parameter(
    name="faces",
    type=int,
    default=1,
    help="Number of identical interfaces in series: 2 for a symmetric cell.",
    minimum=1,
    maximum=2,
    title="Interfaces in series",
)
TABLE = Table(
    slug="area-specific-resistance",
    title="Area-specific resistance of pellets and interfaces",
    caption="Reported resistance, or else the resistance computed from the spectrum, times area.",
    columns=(
        Column(key="label", title="Sample"),
        Column(key="configuration", title="Configuration"),
        Column(key="stack_pressure_mpa", title="Stack pressure"),
        Column(key="temperature_degc", title="Temperature"),
        Column(key="resistance_ohm", title="Resistance"),
        Column(key=SLUG, title="ASR", unit="Ω cm²"),
        Column(key="reference", title="Reference"),
    ),
    filters={"technique": "eis"},
    require=(SLUG,),
    order=(SLUG,),
)


def run(inputs: Inputs) -> Outcome:
    """Multiply the resistance by the area; refuse if either is missing."""
    resistance, source = _resistance(inputs)
    area, area_source = _area(inputs)
    faces = int(inputs.parameter("faces"))
    estimate = area_specific_resistance(resistance, area, faces)
    remark = Message(
        "area-and-resistance",
        "Resistance {source}, area {area:.4g} cm² {area_source}, {faces} in series.",
        source=source,
        area=area.magnitude,
        area_source=area_source,
        faces=faces,
    )
    return Outcome(values=(Result(SLUG, estimate),), messages=(remark,))


def _resistance(inputs: Inputs) -> tuple[Estimate, str]:
    """Return the reported resistance, else the one another analysis computed from the spectrum."""
    reported = inputs.optional("reported.resistance_ohm", "resistance")
    if reported is not None:
        return reported, "as reported"
    computed = inputs.computed("resistance_ohm")
    if computed is None:
        raise Refused(
            "missing-resistance", "needs a resistance: none is reported or computed; upload a spectrum or enter one"
        )
    return computed, "as computed from the spectrum"


def _area(inputs: Inputs) -> tuple[Estimate, str]:
    """Return the area of the sample or separator, else that of the die; never assumed."""
    for layer in inputs.layers:
        if layer.role in ROLES and (area := layer.optional("area_cm2", "area")) is not None:
            return area, f"of layer {layer.position}"
    diameter = inputs.optional("setup.die_diameter_mm", "die diameter")
    if diameter is None:
        raise Refused(
            "missing-area",
            "needs an area: enter the area of a layer ({roles}), or the die diameter of the set-up",
            roles=Listed(ROLES, between=" or "),
            quantities=("area_cm2", "die_diameter_mm"),
        )
    return disc_area(diameter), "of the die"


@hookimpl
def register_quantities() -> list[Quantity]:
    """Add the quantity."""
    return [QUANTITY]


@hookimpl
def register_analyses() -> list[Analysis]:
    """Add the analysis of each spectrum."""
    return [
        Analysis(
            name="area-specific-resistance",
            version=__version__,
            title="Area-specific resistance",
            description="Resistance times electrode area.",
            techniques=("eis",),
            outputs=(SLUG,),
            run=run,
            parameters=(FACES,),
            requirements=(
                "a resistance, reported or computed",
                "the area of the sample or separator, or a die diameter",
            ),
            depends_on=("resistance_ohm",),
        )
    ]


@hookimpl
def register_tables() -> list[Table]:
    """Add the table."""
    return [TABLE]
