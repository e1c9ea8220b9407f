"""Generates docs/consistency.md and its plot from the tables of relations and limits.

    .venv/bin/python docs/make_consistency.py

A test checks that the tables of the page are up to date.
"""

import math
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from analyses.consistency.conflicts import find_conflicts  # noqa: E402
from analyses.consistency.equation import equation_text  # noqa: E402
from analyses.consistency.limits import HIGHEST_CAPACITIES, LIMITS  # noqa: E402
from analyses.consistency.relation import Limit, Relation  # noqa: E402
from analyses.consistency.relations import RELATIONS, WORDS  # noqa: E402
from analyses.consistency.wording import number_text  # noqa: E402
from registry.testing.synthetic.records import rounded, scaled, true_values  # noqa: E402

PAGE = ROOT / "docs" / "consistency.md"
PLOT = ROOT / "docs" / "consistency-detection.svg"
RECORDS = 200
DIGITS = (2, 3, 4)
ERRORS = [10**exponent for exponent in np.linspace(-4, 1, 26)]
"""Sizes of an error as the natural logarithm of the factor."""
COLORS = {2: "#b2182b", 3: "#2166ac", 4: "#1b7837"}
TICKS = ((1e-4, "0.01 %"), (1e-3, "0.1 %"), (1e-2, "1 %"), (0.1, "10 %"), (1.0, "× 2.7"), (10.0, "× 22,000"))
WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 640, 360, 60, 50, 20


def relations_table() -> str:
    """Return the table of relations."""
    rows = [f"| {relation.title} | {_formula(relation)} | {relation.source} |" for relation in RELATIONS]
    return "\n".join(["| relation | formula | source |", "| --- | --- | --- |", *rows])


def _formula(relation: Relation) -> str:
    return equation_text(dict(relation.exponents), relation.log_constant, relation.exponents[0][0], WORDS)


def limits_table() -> str:
    """Return the table of limits."""
    rows = [f"| {limit.name} | {_range(limit)} | `{limit.code}` | {limit.source} |" for limit in LIMITS]
    return "\n".join(["| limited quantity | range | code | source |", "| --- | --- | --- | --- |", *rows])


def _range(limit: Limit) -> str:
    if math.isinf(limit.upper):
        return f"at least {number_text(limit.lower)}"
    return f"{number_text(limit.lower)} to {number_text(limit.upper)}"


def capacities_table() -> str:
    """Return the table of the highest capacities."""
    rows = [f"| {family} | {capacity:g} |" for _, family, capacity in HIGHEST_CAPACITIES]
    return "\n".join(["| family | highest capacity / mAh g⁻¹ |", "| --- | --- |", *rows])


def detection(digits: int) -> list[float]:
    """Return the share of errors found, by size: one number of a complete record is wrong by a factor."""
    generator = np.random.default_rng(5)
    records = []
    for _ in range(RECORDS):
        values = true_values(generator)
        records.append({name: rounded(value, digits, name) for name, value in values.items()})
    shares = []
    for error in ERRORS:
        detected = 0
        for record in records:
            name = str(generator.choice(sorted(record)))
            factor = math.exp(generator.choice([-1, 1]) * error)
            wrong = record | {name: scaled(record[name], factor)}
            detected += bool(find_conflicts(wrong, with_recorded=True))
        shares.append(detected / len(records))
    return shares


def plot() -> str:
    """Return the plot of the share of errors found against their size, as SVG."""
    lines = []
    for row, digits in enumerate(DIGITS):
        points = " ".join(
            f"{_x(error):.1f},{_y(share):.1f}" for error, share in zip(ERRORS, detection(digits), strict=True)
        )
        lines.append(f'<polyline points="{points}" fill="none" stroke="{COLORS[digits]}" stroke-width="2"/>')
        lines.append(
            f'<text x="{LEFT + 15}" y="{TOP + 20 + 18 * row}" fill="{COLORS[digits]}">{digits} digits printed</text>'
        )
    for error, label in (
        (1e-4, "0.01 %"),
        (1e-3, "0.1 %"),
        (1e-2, "1 %"),
        (0.1, "10 %"),
        (1.0, "×2.7"),
        (10.0, "×22,000"),
    ):
        lines.append(f'<text x="{_x(error):.1f}" y="{HEIGHT - 30}" text-anchor="middle">{label}</text>')
    for share in (0.0, 0.5, 1.0):
        lines.append(f'<text x="{LEFT - 8}" y="{_y(share) + 4:.1f}" text-anchor="end">{100 * share:.0f} %</text>')
        lines.append(f'<line x1="{LEFT}" x2="{WIDTH - 20}" y1="{_y(share):.1f}" y2="{_y(share):.1f}" stroke="#ccc"/>')
    body = "\n".join(lines)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        'font-size="12">\n'
        f"<title>Share of wrong numbers found, by size of the error</title>\n{body}\n"
        f'<text x="{WIDTH / 2}" y="{HEIGHT - 8}" text-anchor="middle">Error of one number</text>\n</svg>\n'
    )


def _x(error: float) -> float:
    share = (math.log10(error) + 4) / 5
    return LEFT + share * (WIDTH - LEFT - 20)


def _y(share: float) -> float:
    return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP)


def page() -> str:
    """Return the page."""
    return TEMPLATE.format(relations=relations_table(), limits=limits_table(), capacities=capacities_table())


TEMPLATE = """\
# Consistency of numbers

<!-- Generated by docs/make_consistency.py. Do not edit. -->

Two analyses compare numbers with each other, with recorded facts and with physical limits. `consistency` runs on every
measurement and reads its reported and computed numbers, its conditions, its set-up and the layers of its cell.
`cell-design` runs on every cell, computes mass, capacity, density and porosity of its layers and the N:P ratio, and
compares the numbers of each layer. A conflict is a warning with a code: on the page of the measurement, in
`/api/runs/?code=`, in the output of `analyze`, and in `audit`.

> specific capacity 2.73×10⁵ mAh/g is 993 times the theoretical capacity of NCM90 (275 mAh/g): is the current in
> mA (× 10⁻³)?

## Intervals

Each number is an interval: the bounds of its rounding, widened by its 95 % expanded uncertainty. `<5 µm` is open on
one side. `~5 µm` has no defined interval and is not used; the same applies to numbers that were not entered. Nothing is
assumed in their place.

Every relation is a product of powers of numbers that is 1, so its logarithm is linear. Unknown numbers are
eliminated: a chain through them is also a relation. All elementary relations of the remaining numbers are derived, that
is, those that contain no smaller one. The intervals have a common solution exactly if none of these excludes it (R. T.
Rockafellar,
*Convex Analysis*, 1970, theorem 22.6), so every error that moves a relation outside its propagated interval is found,
and errors inside it are not reported.

The numbers of an elementary relation are a smallest conflicting set: without any one of them, the rest agree. Of
conflicts that share numbers, the smallest is reported. A number is named as the culprit only if it is the only number
contained in all of them: then removing it, and no other, resolves every conflict. A factor is named if multiplying the
number by it resolves them all (units 1000 times larger or smaller, mm² for cm², a fraction for a percentage, a radius
for a diameter, coulombs for mAh). A conflict may hide a further one until it is resolved.

Computed numbers share inputs, so each is compared separately with the recorded facts and the limits. `audit` compares
it with the reported number.

## Relations

Numbers without a layer refer to the only sample or else to the only cathode; every other layer is compared separately.
`electrode` is that layer; with repeat units, its area is the total area. The N:P ratio is the ratio of the theoretical
capacities. The C-rate refers to the nominal capacity: that of the recorded current of 1C (`one_c_ma_g`), or a reported
one; without either, it is assumed to be between 0.25 and 1.2 times the theoretical capacity. A voltage window versus a
reference electrode is not compared with cell voltages.

{relations}

The mass of the layers is the sum of mass loading times area. The retention is compared if the capacities at its two
cycles are reported at the places `cycle:N`; porosity, density and masses can be reported at `layer:N`. The current of
the data is the range of the currents of a cycling or symmetric-cell test, rests excluded; the area of a symmetric cell
is that of its electrodes.

## Limits

{limits}

A conductivity is compared with the highest at its temperature: 0.041 S cm⁻¹ at 25 °C, with an activation energy of
0.15 eV below and 0.40 eV above, which allow more than those of known conductors; without a temperature, with that
at 100 °C. If no theoretical capacity is recorded, a specific capacity is compared with the highest of its family,
which is known by the name or formula of the active material:

{capacities}

## Which errors are found

One number of a consistent record of 24 numbers is wrong by a factor; 200 records for each size, every number as
likely. The share depends on the rounding of all of them: an error inside is none that the numbers could show.
Errors of numbers that nothing else determines (the theoretical capacity, a voltage limit) are found only where a
limit is passed, so that the share of large errors is below 100 %.

![Share of wrong numbers found, by size of the error](consistency-detection.svg)

1,000 consistent records with some of these numbers raise no warning
(`tests/analyses/consistency/test_conflicts.py`).
"""


def main() -> None:
    PAGE.write_text(page())
    PLOT.write_text(plot())


if __name__ == "__main__":
    main()
