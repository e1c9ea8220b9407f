"""Resistance and conductivity from voltage staircases, with the disturbances of chronoamperometry."""

from collections.abc import Callable

import numpy as np

from analyses.transport.electronic_conductivity import electronic_conductivity
from analyses.transport.staircase_resistance import staircase_resistance
from analyses.transport.voltage_steps import voltage_steps
from analyses.uncertainty import Estimate
from tests.calibration import noise
from tests.calibration.noise import Array
from tests.calibration.study import Answer, Study, answer_of

OHM, HIGHEST_V, ROWS, AVERAGED = 1000.0, 0.5, 120, 100
STEPS = (3, 4, 5, 7, 9, 13, 21)
FEW_STEPS = "few steps cannot exclude a drift"
ONE_WAY = "a steady drift cannot be separated from the slope"
BOUNDED = "rounding is a bound"
NOT_AT_REST = "bounds reach the current that a diffusion comes to; refusal is correct"
LONG, SHORT = 2.0, 0.2
"""Times of decays over the length of a step."""


class Staircase:
    """Rows of 3 to 21 steps, up or up and down; white noise of 0.01 to 1 % of the highest current in each row."""

    def __init__(self, random: np.random.Generator, *, up_and_down: bool) -> None:
        self.random = random
        self.steps = int(random.choice(STEPS))
        levels = (self.steps + 1) // 2 if up_and_down else self.steps
        up = np.arange(1.0, levels + 1)
        down = up[::-1] if self.steps % 2 == 0 else up[-2::-1]
        self.volts = HIGHEST_V / levels * (np.append(up, down) if up_and_down else up)
        self.step = np.repeat(np.arange(self.steps), ROWS)
        self.size = self.step.size
        self.highest = HIGHEST_V / OHM
        self.row_noise = self.highest * 10 ** random.uniform(-4, -2)
        self.mean_noise = self.row_noise / np.sqrt(AVERAGED)
        self.current = self.volts[self.step] / OHM

    def factor(self, low: float, high: float) -> float:
        """Return a random number, evenly spread in its logarithm."""
        return float(np.exp(self.random.uniform(np.log(low), np.log(high))))

    def resistance(self, disturbance: Array) -> Estimate:
        """Return the resistance of the disturbed current."""
        rows = np.arange(float(self.size))
        steps = voltage_steps(
            rows,
            self.volts[self.step],
            self.current + disturbance,
            last_points=AVERAGED,
            smallest_step_volt=0.002,
        )
        return staircase_resistance(steps.steps).resistance_ohm


def white(staircase: Staircase) -> Array:
    return staircase.row_noise * noise.white(staircase.random, staircase.size)


def offset(staircase: Staircase) -> Array:
    return white(staircase) + staircase.random.normal(0, 0.03) * staircase.highest


def pink(staircase: Staircase) -> Array:
    return staircase.row_noise * noise.pink(staircase.random, staircase.size)


def scatter(staircase: Staircase) -> Array:
    """Every step is off by up to 100 times the noise of its mean."""
    size = staircase.mean_noise * staircase.factor(0.3, 100)
    return white(staircase) + size * staircase.random.normal(size=staircase.steps)[staircase.step]


def linear(staircase: Staircase) -> Array:
    size = staircase.mean_noise * staircase.factor(1, 100) * staircase.random.choice([-1, 1])
    return white(staircase) + size * np.arange(staircase.size) / staircase.size


def walk(staircase: Staircase) -> Array:
    size = staircase.mean_noise * staircase.factor(0.3, 100)
    steps = np.append(0.0, np.cumsum(staircase.random.normal(size=staircase.steps - 1)))
    return white(staircase) + size * steps[staircase.step]


def walk_of_rows(staircase: Staircase) -> Array:
    size = staircase.mean_noise * staircase.factor(0.3, 100) / np.sqrt(ROWS)
    return white(staircase) + size * np.cumsum(staircase.random.normal(size=staircase.size))


def decay(staircase: Staircase) -> Array:
    """The current after every change of the voltage decays to V/R from up to four times it."""
    changes = np.flatnonzero(np.diff(staircase.volts, prepend=0.0))
    begin = changes[np.searchsorted(changes, staircase.step, side="right") - 1]
    since = np.arange(staircase.size) / ROWS - begin
    share = staircase.factor(0.1, 3) * np.exp(-since / staircase.factor(SHORT, LONG))
    return white(staircase) + staircase.current * share


def relaxation(staircase: Staircase) -> Array:
    """Every change of the voltage adds a decaying current, which outlasts the step."""
    time = staircase.factor(SHORT, LONG)
    since = np.arange(staircase.size) / ROWS - np.arange(staircase.steps)[:, np.newaxis]
    changes = np.diff(staircase.volts, prepend=0.0)
    after = np.where(since >= 0, np.exp(-np.maximum(since, 0) / time), 0.0)
    return white(staircase) + staircase.factor(0.1, 3) / OHM * changes @ after


def diffusion(staircase: Staircase) -> Array:
    """Every change of the voltage adds a current that falls with one over the square root of time; at the end of the
    step it is 1 to 100 % of that which the change leaves."""
    since = np.arange(staircase.size) - ROWS * np.arange(staircase.steps)[:, np.newaxis]
    changes = np.diff(staircase.volts, prepend=0.0)
    after = np.where(since >= 0, np.sqrt(ROWS / np.maximum(since + 1.0, 1.0)), 0.0)
    return white(staircase) + staircase.factor(0.01, 1) / OHM * changes @ after


def drifting(staircase: Staircase, change: Array, low: float, high: float) -> Array:
    """Return the current of a relative change of the conductance, its mean over the rows zero."""
    change = change - change.mean()
    size = staircase.factor(low, high) * staircase.random.choice([-1, 1])
    return white(staircase) + staircase.current * size * change / np.abs(change).max()


def linear_conductance(staircase: Staircase) -> Array:
    """The conductance changes by 0.4 to 40 %."""
    return drifting(staircase, np.arange(float(staircase.size)), 0.002, 0.2)


def waving_conductance(staircase: Staircase) -> Array:
    """The conductance waves by up to 0.2 to 10 %, with a period of 2.5 to 15 steps."""
    period, phase = staircase.factor(2.5, 15), staircase.random.uniform(0, 2 * np.pi)
    return drifting(staircase, np.sin(2 * np.pi * np.arange(staircase.size) / ROWS / period + phase), 0.002, 0.1)


def walking_conductance(staircase: Staircase) -> Array:
    """The conductance changes by up to 0.2 to 10 %."""
    return drifting(staircase, np.cumsum(staircase.random.normal(size=staircase.size)), 0.002, 0.1)


def quantised(staircase: Staircase) -> Array:
    disturbed, resolution = white(staircase), 3 * staircase.row_noise
    return np.round((staircase.current + disturbed) / resolution) * resolution - staircase.current


DIFFUSION = "a current that falls with 1/√t after every change, of 1 to 100 %"
PATTERNS: tuple[tuple[str, Callable[[Staircase], Array], bool], ...] = (
    ("white noise", white, True),
    ("an offset of the current", offset, True),
    ("1/f noise", pink, False),
    ("scatter from step to step", scatter, True),
    ("a linear drift", linear, True),
    ("a random walk from step to step", walk, True),
    ("a random walk from row to row", walk_of_rows, True),
    ("decays in proportion to the voltage, of 0.2 to 2 steps", decay, True),
    ("relaxation after every change, of 0.2 to 2 steps", relaxation, True),
    ("current in coarse digits", quantised, True),
    ("a conductance that drifts linearly, by 0.4 to 40 %", linear_conductance, True),
    ("a conductance that waves by up to 10 %, with periods of 2.5 to 15 steps", waving_conductance, True),
    ("a conductance that walks randomly, by up to 10 %", walking_conductance, True),
)


def of_staircase(
    words: str,
    disturbance: Callable[[Staircase], Array],
    *,
    holds: bool,
    up_and_down: bool,
    is_valid: bool = True,
    more: str = "",
) -> Study:
    """A staircase of 3 to 21 steps."""

    def trial(random: np.random.Generator) -> Answer:
        staircase = Staircase(random, up_and_down=up_and_down)
        return answer_of(OHM, lambda: staircase.resistance(disturbance(staircase)))

    program = "up and down" if up_and_down else "up only"
    return Study(
        "Resistance of a voltage staircase",
        f"{words}; 3 to 21 steps {program}",
        trial,
        assumptions_hold=holds,
        covers_more=more or (FEW_STEPS if up_and_down else ONE_WAY),
        is_valid=is_valid,
    )


def of_diffusion(*, up_and_down: bool) -> Study:
    """A staircase whose steps are too short: refused, or with bounds from an exponential decay to a diffusion."""
    return of_staircase(DIFFUSION, diffusion, holds=False, up_and_down=up_and_down, is_valid=False, more=NOT_AT_REST)


def conductivity(random: np.random.Generator) -> Answer:
    """A pellet 0.6 mm thick and 0.785 cm² in area, both rounded as written."""
    staircase = Staircase(random, up_and_down=True)
    thickness, area = random.uniform(595, 605), random.uniform(0.7845, 0.7855)
    return answer_of(
        thickness * 1e-4 / (OHM * area),
        lambda: electronic_conductivity(
            staircase.resistance(white(staircase)), Estimate.rounded(600, 5), Estimate.rounded(0.785, 0.0005)
        ),
    )


STUDIES = (
    *(of_staircase(words, made, holds=holds, up_and_down=True) for words, made, holds in PATTERNS),
    of_diffusion(up_and_down=True),
    Study(
        "Electronic conductivity of a voltage staircase",
        "white noise and rounded geometry; 3 to 21 steps up and down",
        conductivity,
        covers_more=BOUNDED,
    ),
    *(of_staircase(words, made, holds=holds, up_and_down=False) for words, made, holds in PATTERNS),
    of_diffusion(up_and_down=False),
)
