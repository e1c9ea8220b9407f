import numpy as np
import pytest

from analyses.uncertainty import Estimate
from registry.contract.analysis_support.transport.pressure_series import (
    AS_ENTERED,
    BY_STAMPS,
    ORDER,
    PressureSeries,
    read_pressure_series,
    rounding_bounds,
)
from registry.hookspecs import Inputs
from tests.coded import message_of

SIGMA = "ionic_conductivity_s_cm"


def read(mpa: list[float], starts: list[str], order: str = BY_STAMPS, changes=None) -> PressureSeries:
    facts: dict = {"series.over": "stack_pressure_mpa", "series.members": tuple(f"M-{n}" for n in range(len(mpa)))}
    for number, (pressure, start) in enumerate(zip(mpa, starts, strict=True)):
        facts[f"measurements.M-{number}.stack_pressure_mpa"] = Estimate.exact(pressure)
        facts[f"measurements.M-{number}.reported.{SIGMA}"] = Estimate.rounded(1e-3 * pressure, 5e-6)
        facts[f"measurements.M-{number}.dataset.start_time"] = start or None
    return read_pressure_series(
        Inputs(facts | (changes or {}), parameters={ORDER.name: order}), SIGMA, "ionic conductivity"
    )


DAYS = [f"2024-03-0{day}T10:00:00" for day in range(1, 6)]


def test_time_stamps_tell_pressing_from_release() -> None:
    """Pressed to 2, 5 and 10 MPa, then released to 5 and 2 MPa; the members are in order of the pressure."""
    series = read([2, 2, 5, 5, 10], [DAYS[0], DAYS[4], DAYS[1], DAYS[3], DAYS[2]])
    assert series.is_release is not None
    assert series.is_release.tolist() == [False, True, False, True, False]
    assert series.has_both_directions
    message_of(series.messages, "measuring-order", pressures_mpa=[2, 5, 10, 5, 2])


@pytest.mark.parametrize("starts", [[""] * 3, [DAYS[0]] * 3, [DAYS[0], f"{DAYS[1]}+01:00", DAYS[2]]])
def test_an_order_that_is_not_known_is_not_guessed(starts: list[str]) -> None:
    series = read([2, 5, 10], starts)
    assert series.is_release is None
    message_of(series.messages, "measuring-order-not-known", choice=AS_ENTERED)


def test_the_order_of_entry_counts_if_chosen() -> None:
    series = read([10, 5, 2], [""] * 3, order=AS_ENTERED)
    assert series.is_release is not None
    assert series.is_release.tolist() == [False, True, True]


def test_measurements_without_the_number_are_named() -> None:
    changes = {f"measurements.M-1.reported.{SIGMA}": None, f"measurements.M-2.reported.{SIGMA}": Estimate.exact(0.0)}
    series = read([2, 5, 10], DAYS[:3], changes=changes)
    assert [point.refcode for point in series.points] == ["M-0"]
    assert [remark.code for remark in series.lacking] == ["missing-number", "number-not-positive"]


def test_rounding_of_reported_numbers_and_pressures_bounds_a_coefficient() -> None:
    series = read([2, 5, 10], DAYS[:3])
    below, above = rounding_bounds(series, lambda mpa, y: float(np.sum(y)))
    assert (below, above) == pytest.approx((1.5e-5, 1.5e-5))
