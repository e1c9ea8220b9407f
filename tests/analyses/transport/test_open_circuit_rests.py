"""Known answers: staircases of 1160 Ω, or of samples whose current sets in at a voltage, with rests among the steps."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

import numpy as np
import pytest

from analyses.transport.ohmic_fit import fit_resistance
from analyses.transport.voltage_steps import VoltageSteps, voltage_steps

OHM = 1160.0
UP = (0.1, 0.2, 0.3, 0.4, 0.5)
UP_DOWN = (*UP, *UP[-2::-1])
POINTS = 120
THRESHOLD = 0.25


@dataclass(frozen=True)
class Rest:
    """A rest whose voltage decays from one to the other."""

    voltage_v: float
    to_voltage_v: float | None = None
    decay_rows: float = 30.0
    points: int = POINTS
    current_a: float | None = None


def ohmic(volt: float) -> float:
    return volt / OHM


def threshold(volt: float) -> float:
    return float(np.sign(volt)) * max(abs(volt) - THRESHOLD, 0) / OHM


def jump(volt: float) -> float:
    return volt / OHM if abs(volt) > THRESHOLD else 0.0


def diode(volt: float) -> float:
    return 1e-9 * float(np.exp(volt / 0.04) - 1)


def steps_of(
    program: Sequence[float | Rest],
    sample: Callable[[float], float] = ohmic,
    *,
    noise: float = 2e-7,
    offset: float = 0.0,
    is_numbered: bool = False,
    seed: int = 0,
) -> VoltageSteps:
    """Numbers are voltages of steps; an offset of the instrument is in the current of steps and rests."""
    rng = np.random.default_rng(seed)
    voltage, current, number = [], [], []
    for part in program:
        if isinstance(part, Rest):
            end = part.voltage_v if part.to_voltage_v is None else part.to_voltage_v
            since = np.arange(part.points)
            voltage.append(end + (part.voltage_v - end) * np.exp(-since / part.decay_rows))
            current.append(np.full(part.points, offset if part.current_a is None else part.current_a))
        else:
            voltage.append(np.full(POINTS, part))
            current.append(np.full(POINTS, sample(part) + offset))
        number.append(np.full(voltage[-1].size, float(isinstance(part, Rest))))
    volt, ampere = np.concatenate(voltage), np.concatenate(current)
    return voltage_steps(
        np.arange(float(volt.size)),
        volt + rng.normal(0, 3e-5, volt.size),
        ampere + rng.normal(0, noise, volt.size),
        last_points=100,
        smallest_step_volt=0.002,
        step_number=np.concatenate(number) if is_numbered else None,
    )


def between(steps: Sequence[float], rests: Sequence[float | Rest]) -> list[float | Rest]:
    """Return the steps, each with a rest after it."""
    as_rests = [rest if isinstance(rest, Rest) else Rest(rest) for rest in rests]
    return [part for part in chain(*zip_longest(steps, as_rests)) if part is not None]


RESTS = (0.030, 0.033, 0.036, 0.039, 0.042)
PROGRAMS = {
    "at differing voltages": between(UP, RESTS),
    "at one voltage": between(UP, (0.035,) * 5),
    "at a voltage of the grid": between(UP, (0.05,) * 5),
    "at the voltage of a step": between(UP, (0.2,) * 5),
    "at the voltage of the first step": between(UP, (0.1,) * 5),
    "at the voltage of the last step": [Rest(0.5), *between(UP, (0.5,) * 4)],
    "above the lowest step": between(UP, (0.3, 0.25, 0.22, 0.2, 0.15)),
    "near zero": between(UP, (0.001, 0.0025, 0.003, 0.0015, 0.004)),
    "relaxing fast": between(UP, [Rest(0.9 * volt, 0.03, 20) for volt in UP]),
    "relaxing from the voltage of the step": between(UP, [Rest(volt, 0.9 * volt, 60) for volt in UP]),
    "hardly relaxing": between(UP, [Rest(volt, 0.99 * volt, 150) for volt in UP]),
    "of five rows": between(UP, [Rest(volt, points=5) for volt in RESTS]),
    "of two rows": between(UP, [Rest(volt, points=2) for volt in RESTS]),
    "with another offset": between(UP, [Rest(volt, current_a=2e-6) for volt in RESTS]),
    "negative": between([-volt for volt in UP], [-volt for volt in RESTS]),
    "of the other sign": between(UP, [-volt for volt in RESTS]),
    "up and down": between(UP_DOWN, [0.02 + 0.003 * index for index in range(9)]),
    "between steps of both signs": between(
        (0.1, -0.1, 0.2, -0.2, 0.3, -0.3), (0.02, -0.01, 0.025, -0.02, 0.03, -0.015)
    ),
    "next to a step at 0 V": between((0.0, *UP), (0.03, 0.032, 0.034, 0.036, 0.038, 0.04)),
    "before the first step": [Rest(0.05), *UP],
    "two before the first step": [Rest(0.05), Rest(0.037), *UP],
    "three after the last step": [*UP, Rest(0.08), Rest(0.05), Rest(0.04)],
    "three in a row": [part for volt in UP for part in (volt, Rest(0.03), Rest(0.036), Rest(0.03))],
    "one in the middle": [*UP, Rest(0.07), *UP[-2::-1]],
}


@pytest.mark.parametrize("is_numbered", [False, True])
@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_rests_are_left_out_whatever_their_voltage(program: Sequence[float | Rest], is_numbered: bool) -> None:
    staircase = steps_of(program, is_numbered=is_numbered)
    steps = [part for part in program if not isinstance(part, Rest)]
    assert [round(step.voltage_v, 3) for step in staircase.steps] == pytest.approx(steps, abs=1e-3)
    assert len(staircase.rests) == len(program) - len(steps)
    assert staircase.unclear_volts == ()
    voltage, current = np.array([(step.voltage_v, step.current_a) for step in staircase.steps]).T
    assert fit_resistance(voltage, current).resistance_ohm.magnitude == pytest.approx(OHM, rel=1e-3)


@pytest.mark.parametrize(("noise", "offset"), [(0.0, 0.0), (2e-7, 1e-6), (2e-7, 6e-6), (2e-6, -3e-6)])
def test_rests_have_no_current_noise_or_an_offset(noise: float, offset: float) -> None:
    staircase = steps_of(between(UP, RESTS), noise=noise, offset=offset)
    assert (len(staircase.steps), len(staircase.rests)) == (5, 5)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("sample", [threshold, jump, diode])
@pytest.mark.parametrize(
    "volts",
    [
        UP,
        UP_DOWN,
        UP_DOWN + UP_DOWN[1:],
        tuple(volt / 10 for volt in range(-5, 6)),
        (0.03, 0.09, 0.27, 0.81),
        (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5),
    ],
    ids=["up", "up and down", "twice", "both signs", "logarithmic", "irregular"],
)
def test_a_current_that_sets_in_at_a_voltage_is_of_the_sample(volts, sample, seed: int) -> None:
    staircase = steps_of(volts, sample, seed=seed)
    assert len(staircase.steps) == len(volts)
    assert staircase.rests == ()


@pytest.mark.parametrize("sample", [threshold, jump, diode])
def test_rests_between_steps_of_which_the_low_ones_have_no_current(sample) -> None:
    staircase = steps_of(between(UP, RESTS), sample)
    assert [round(step.voltage_v, 3) for step in staircase.steps] == list(UP)


def test_a_sample_that_breaks_down_has_steps_without_current_before_that() -> None:
    voltage = np.repeat(UP_DOWN, POINTS)
    current = np.where(np.arange(voltage.size) < 3 * POINTS, 0.0, voltage / OHM)
    noisy = current + np.random.default_rng(0).normal(0, 2e-7, voltage.size)
    staircase = voltage_steps(np.arange(float(voltage.size)), voltage, noisy, last_points=100, smallest_step_volt=0.002)
    assert (len(staircase.steps), staircase.rests) == (9, ())


def test_pulses_from_zero_volt_are_steps() -> None:
    program = [part for volt in UP for part in (volt, 0.0)]
    assert (len(steps_of(program).steps), steps_of(program).rests) == (10, ())


@pytest.mark.parametrize(
    ("volts", "sample", "unclear", "steps", "others"),
    [
        (UP, lambda volt: ohmic(volt) if volt > 0.15 else 0.0, (0.1,), 5, 4),
        ((0.3, 0.1, 0.4, 0.2, 0.5), jump, (0.1, 0.2), 3, 5),
        ((0.3, 0.1, 0.4, 0.2, 0.5), threshold, (0.1, 0.2), 5, 3),
        ((0.03, 0.1, 0.3, 0.9, 2.7), jump, (0.03, 0.1), 5, 3),
    ],
    ids=["first step", "shuffled, ohmic", "shuffled, threshold", "rising"],
)
def test_what_may_be_a_rest_or_a_step_is_named(volts, sample, unclear, steps: int, others: int) -> None:
    staircase = steps_of(volts, sample)
    assert staircase.unclear_volts == pytest.approx(unclear, abs=1e-3)
    assert (len(staircase.steps), len(staircase.other_steps)) == (steps, others)
