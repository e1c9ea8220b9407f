"""Known answers: 0.3 MPa reversible, 20 kPa irreversible in each cycle of 1 mAh on 0.7854 cm² (`pressure_logs.py`)."""

import numpy as np
import pytest

from analyses.uncertainty import Estimate
from plugins.stack_pressure import OF_ELECTRODE, PER_AREAL, PER_CHARGE, SHIFT, register_analyses, run
from registry.hookspecs import Inputs, Outcome
from tests.coded import message_of, refuses
from tests.pressure_logs import KnownPressure

KNOWN = KnownPressure(cycles=6, growth_mpa=0.02)
DEFAULTS = {parameter.name: parameter.default for parameter in register_analyses()[0].parameters}
CELL = {
    "layers.count": 2,
    "layers.1.role": "cathode",
    "layers.1.name": "NCM composite",
    "layers.1.active_material": "NCM90",
    "layers.1.area_cm2": Estimate.exact(0.7854),
    "layers.2.role": "anode",
    "layers.2.name": "LTO composite",
    "layers.2.active_material": "LTO Li4Ti5O12",
}
REVERSIBLE, IRREVERSIBLE = "pressure_change_mpa", "irreversible_pressure_change_mpa"


def run_on(known: KnownPressure = KNOWN, facts=None, *, extra=None, noise_mpa=0.001, **parameters: str) -> Outcome:
    log = known.log(shift_s=7200.0, noise_mpa=noise_mpa) | (extra or {})
    roles = {"datasets.pressure_log.count": 1, "datasets.pressure_log.1.sha256": "cd"}
    columns_of = {"datasets.pressure_log.1": lambda: log}
    inputs = Inputs(
        {"dataset.sha256": "ab"} | roles | CELL | (facts or {}),
        lambda: known.columns,
        DEFAULTS | parameters,
        columns_of=columns_of,
    )
    return run(inputs)


def values(outcome: Outcome) -> dict[str, Estimate]:
    return {result.key: result.estimate for result in outcome.values}


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return run_on()


@pytest.mark.parametrize(
    ("key", "truth"),
    [
        (REVERSIBLE, 0.3),
        (f"{REVERSIBLE}@cycle:1", 0.3),
        (f"{REVERSIBLE}@cycle:6", 0.3),
        (IRREVERSIBLE, 0.02),
        (f"{IRREVERSIBLE}@cycle:1", 0.02),
        ("charge_pressure_change_mpa", 0.31),
        ("discharge_pressure_change_mpa@cycle:6", -0.29),
        (PER_CHARGE, 0.3),
        (PER_AREAL, 0.3 * 0.7854),
        (SHIFT, 7200.0),
    ],
)
def test_intervals_hold_the_known_answers(outcome: Outcome, key: str, truth: float) -> None:
    number = values(outcome)[key]
    low, high = number.interval()
    assert low <= truth <= high
    assert number.magnitude == pytest.approx(truth, rel=0.05, abs=0.003)


def test_the_change_is_assigned_to_the_electrode_across_the_zero_strain_one(outcome: Outcome) -> None:
    numbers = values(outcome)
    change, slope = OF_ELECTRODE["cathode"]
    assert numbers[change] == numbers[REVERSIBLE]
    assert numbers[slope] == numbers[PER_CHARGE]
    assert not set(OF_ELECTRODE["anode"]) & set(numbers)
    message_of(outcome.messages, "change-of-one-electrode", electrode="positive electrode")


def test_without_a_zero_strain_electrode_the_change_is_that_of_the_cell() -> None:
    outcome = run_on(facts={"layers.2.active_material": "Li", "layers.2.name": "Li"})
    assert not {slug for slugs in OF_ELECTRODE.values() for slug in slugs} & set(values(outcome))
    message_of(outcome.messages, "change-of-the-cell")


def test_without_an_area_there_is_no_change_per_areal_charge() -> None:
    outcome = run_on(facts={"layers.1.area_cm2": None})
    assert PER_AREAL not in values(outcome)
    message_of(outcome.not_computed, "missing-area", layer=1)


def test_every_cycle_has_its_changes(outcome: Outcome) -> None:
    assert outcome.cycles is not None
    assert list(outcome.cycles.cycles) == [1, 2, 3, 4, 5, 6]
    assert outcome.cycles.columns[REVERSIBLE] == pytest.approx(0.3, abs=0.002)


def test_settling_alone_is_no_reversible_change() -> None:
    settling = KnownPressure(cycles=2, reversible_mpa=0.0, settling_mpa=1.0, settling_s=36000.0)
    outcome = run_on(settling, clock_shift="7200")
    message_of(outcome.messages, "no-reversible-change")
    assert message_of(outcome.messages, "pressure-drift").parameters["total_mpa"] < -0.8


def test_a_pressure_that_follows_the_temperature_is_a_warning() -> None:
    log = KNOWN.log(shift_s=7200.0, noise_mpa=0.001)
    degc = 25 + np.sin(2 * np.pi * log["test_time_second"] / 11000)
    pressure = log["stack_pressure_megapascal"] + 0.01 * (degc - 25)
    outcome = run_on(extra={"stack_pressure_megapascal": pressure, "ambient_temperature_celsius": degc})
    warning = message_of(outcome.messages, "pressure-follows-temperature")
    assert warning.level == "warning"
    assert warning.parameters["kpa_per_k"] == pytest.approx(10, rel=0.15)


def test_correlated_noise_and_coarse_digits_are_stated() -> None:
    from tests.calibration.noise import autoregressive

    noise = 0.005 * autoregressive(np.random.default_rng(1), 10_000, 0.9)
    message_of(run_on(noise_mpa=noise, clock_shift="7200").messages, "correlated-pressure-noise")
    digits = np.round(KNOWN.log()["stack_pressure_megapascal"], 2)
    coarse = run_on(extra={"stack_pressure_megapascal": digits}, noise_mpa=0.0, clock_shift="7200")
    message_of(coarse.messages, "pressure-resolution", step_kpa=10.0)
    change = values(coarse)[f"{REVERSIBLE}@cycle:1"]
    assert change.upper - change.lower >= 0.02


@pytest.mark.parametrize("noise_mpa", [3e-4, 1e-3, 1e-2])
def test_a_log_of_half_of_a_uniform_test_has_no_clock_of_its_own(noise_mpa: float) -> None:
    """A log of the first three of six equal cycles follows the charge as well half a cycle later, turned over."""
    log = KNOWN.log(shift_s=7200.0, noise_mpa=noise_mpa)
    first_half = log["test_time_second"] < log["test_time_second"][-1] / 2
    with refuses("clock-shift-ambiguous"):
        run_on(extra={name: column[first_half] for name, column in log.items()})
