"""A plugin with techniques, a layer role, a condition, and an analysis and a table that name them."""

from registry.hookspecs import (
    Analysis,
    Column,
    Condition,
    Inputs,
    LayerRole,
    Outcome,
    Quantity,
    Refused,
    Result,
    Table,
    Technique,
    hookimpl,
)

SERIES = ("test_time_second", "voltage_volt", "current_ampere")
HUMIDITY = Quantity(
    slug="relative_humidity_percent", name="Relative humidity", unit="percent", unit_label="%", minimum=0, maximum=100
)


def run(inputs: Inputs) -> Outcome:
    humidity = inputs.condition("relative_humidity_percent")
    if humidity is None:
        raise Refused("missing-relative-humidity", "no relative humidity: enter it for the measurement")
    return Outcome(values=(Result("cycle_count", humidity),))


@hookimpl
def register_techniques() -> list[Technique]:
    return [
        Technique(slug="gitt", name="Galvanostatic intermittent titration", short_name="GITT", columns=(SERIES,)),
        Technique(slug="raman", name="Raman", columns=(("raman_shift_per_centimetre", "intensity_count"),)),
    ]


@hookimpl
def register_layer_roles() -> list[LayerRole]:
    return [LayerRole(slug="catholyte", name="Catholyte", search="electrolyte")]


@hookimpl
def register_conditions() -> list[Condition]:
    return [Condition(quantity=HUMIDITY, name="Humidity", example="0.5 %")]


@hookimpl
def register_analyses() -> list[Analysis]:
    return [
        Analysis(
            name="titration",
            version="1",
            title="Titration",
            description="The humidity.",
            techniques=("gitt",),
            outputs=("cycle_count",),
            run=run,
        )
    ]


@hookimpl
def register_tables() -> list[Table]:
    columns = (
        Column(key="label"),
        Column(key="technique"),
        Column(key="catholyte.name"),
        Column(key="catholyte.thickness_um"),
    )
    return [Table(slug="titrations", title="Titrations", columns=columns, filters={"technique": "gitt"})]
