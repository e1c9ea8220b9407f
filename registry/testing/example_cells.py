"""Example inputs for analyses of a cell or a series: several measurements, each under its refcode."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from analyses.uncertainty import Estimate
from registry.hookspecs import Columns, Fact
from registry.testing.cells import Facts, FactsAndData, rounded
from registry.testing.example import Example
from registry.testing.examples import FORMS, guarded, made, pellet_spectrum

TEMPERATURES_DEGC = (25.0, 0.0, 40.0, 10.0, 60.0)
STEPS: Mapping[str, tuple[float, ...]] = {
    "temperature_degc": (0.0, 10.0, 25.0, 40.0, 60.0),
    "stack_pressure_mpa": (2.0, 5.0, 10.0, 20.0, 50.0),
}
"""Values of the condition that varies, by slug; 1, 2, 3 and so on for any other."""
ROUNDING = 0.5
CELL_PREFIXES = ("cell.", "layers.")
Data = dict[str, Callable[[], Columns]]


def example_cell(
    *techniques: str,
    count: int = 5,
    like: str | Mapping[str, str] = "",
    changes: Mapping[str, Fact] | None = None,
) -> Example:
    """Return the inputs of a cell with `count` measurements by each technique at different temperatures.

    Their refcodes are M-00001 and so on. The default technique is `eis`, whose conductivity follows the temperature
    with an activation energy of 0.35 eV. `like` is the built-in technique whose example stands for one of a plugin,
    for all techniques or by technique: `example_cell("raman", like="xrd")`.
    """
    facts: Facts = {}
    data: Data = {}
    for index, technique in enumerate(techniques or ("eis",)):
        refcodes = _refcodes(count, first=index * count + 1)
        for number, refcode in enumerate(refcodes):
            degc = TEMPERATURES_DEGC[number % 5] + number // 5
            _add_measurement(facts, data, refcode, _measured_at(technique, "temperature_degc", degc, like))
        facts[f"measurements.{technique}"] = tuple(refcodes)
    return Example(facts, data).changed(changes)


def example_series(
    technique: str = "eis",
    *,
    over: str = "stack_pressure_mpa",
    count: int = 5,
    like: str | Mapping[str, str] = "",
    changes: Mapping[str, Fact] | None = None,
) -> Example:
    """Return the inputs of a series of `count` measurements that differ in the condition `over`, in order of it.

    Their refcodes are M-00001 and so on. The conductivity of `eis` follows the stack pressure with an exponent of 0.1,
    and the temperature with an activation energy of 0.35 eV. `like` as in `example_cell`.
    """
    facts: Facts = {}
    data: Data = {}
    refcodes = _refcodes(count)
    for refcode, at in zip(refcodes, _steps(over, count), strict=True):
        _add_measurement(facts, data, refcode, _measured_at(technique, over, at, like))
    listed = tuple(refcodes)
    facts |= {f"measurements.{technique}": listed, "series.over": over, "series.members": listed}
    return Example(facts, data).changed(changes)


def _refcodes(count: int, first: int = 1) -> list[str]:
    return [f"M-{number:05}" for number in range(first, first + count)]


def _steps(over: str, count: int) -> Sequence[float]:
    steps = STEPS.get(over, ())
    return [*steps[:count], *(max(steps, default=0.0) + step for step in range(1, count - len(steps) + 1))]


def _measured_at(technique: str, condition: str, at: float, like: str | Mapping[str, str]) -> FactsAndData:
    """Return a measurement with one condition set; only the example spectra depend on it."""
    if technique == "eis" and condition == "temperature_degc":
        facts, load = pellet_spectrum(at)
    elif technique == "eis" and condition == "stack_pressure_mpa":
        facts, load = pellet_spectrum(mpa=at)
    else:
        stands_for = like if isinstance(like, str) else like.get(technique, "")
        facts, load = made(technique, "", "" if technique in FORMS else stands_for)
    number: Estimate = rounded(at, ROUNDING) if condition in STEPS else Estimate.exact(at)
    return facts | {f"measurement.{condition}": number}, load


def _add_measurement(facts: Facts, data: Data, refcode: str, measurement: FactsAndData) -> None:
    """Add the facts of a measurement under its refcode, and those of the cell where the cell has none yet."""
    single, load = measurement
    for path, fact in single.items():
        if path.startswith(CELL_PREFIXES):
            facts.setdefault(path, fact)
        else:
            facts[f"measurements.{refcode}.{path.removeprefix('measurement.')}"] = fact
    if load:
        data[refcode] = partial(guarded, load)
