import pytest

from plugins import pressure_dependence
from registry.testing import Example, example_series, run_analysis

EXPONENT = "conductivity_pressure_exponent"
SIGMA = "ionic_conductivity_s_cm"


def set_conductivities(series: Example, origin: str, exponent: float) -> Example:
    """σ = 1e-3 p^m at 2, 5, 10, 20 and 50 MPa."""
    other = {"computed": "reported", "reported": "computed"}[origin]
    changes: dict[str, float | None] = {}
    for member in series.series:
        changes[f"measurements.{member.refcode}.{origin}.{SIGMA}"] = 1e-3 * member.at.magnitude**exponent
        changes[f"measurements.{member.refcode}.{other}.{SIGMA}"] = None
    return series.changed(changes)


@pytest.mark.parametrize("origin", ["computed", "reported"])
def test_finds_the_exponent_of_an_exact_series(origin: str) -> None:
    result = run_analysis(pressure_dependence, set_conductivities(example_series(), origin, 0.25))
    assert result.values[EXPONENT].magnitude == pytest.approx(0.25, rel=1e-9)


def test_rounding_of_the_pressures_widens_the_interval() -> None:
    exponent = run_analysis(pressure_dependence, set_conductivities(example_series(), "computed", 0.25)).values[
        EXPONENT
    ]
    assert exponent.lower < 0.25 < exponent.upper


def test_a_spectrum_without_conductivity_is_excluded_and_named() -> None:
    removed = {f"measurements.M-00002.{origin}.{SIGMA}": None for origin in ("computed", "reported")}
    result = run_analysis(pressure_dependence, example_series(changes=removed))
    assert result.status == "done"
    assert any("M-00002" in message.text for message in result.messages)


def test_two_pressures_with_a_conductivity_are_refused() -> None:
    removed = {
        f"measurements.M-0000{number}.{origin}.{SIGMA}": None
        for number in (1, 2, 3)
        for origin in ("computed", "reported")
    }
    assert run_analysis(pressure_dependence, example_series(changes=removed)).status == "refused"
