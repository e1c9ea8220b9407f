"""A simulation of one stated 95 % interval under one disturbance, and the share of its trials that contain the
truth."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate
from registry.hookspecs import Refused

Answer = Literal["inside", "outside", "refused"]

TRIALS = 2000
FEW = 6
"""Trials in the ordinary run."""
LOWEST, HIGHEST = 0.93, 0.97
MOST_REFUSED = 0.20
FEW_TRIALS_ERRORS = 4.0
"""Standard errors by which the share of a few trials may be outside the bounds."""


@dataclass(frozen=True)
class Study:
    """Trials of one interval: each simulates a measurement and asks whether the interval contains its known answer."""

    quantity: str
    """What the interval is of, as a reader of docs/uncertainty.md knows it: `Resistance of a circuit fit`."""
    disturbance: str
    """What disturbs the measurement, with its size: `white noise of 1 % of |Z|`."""
    trial: Callable[[np.random.Generator], Answer]
    assumptions_hold: bool = True
    """False if the disturbance breaks an assumption the interval states: it then covers 93 % or more of the answers."""
    covers_more: str = ""
    """Why the interval covers more than 97 % although its assumptions hold, such as bounds that are added."""
    is_valid: bool = True
    """False if the data deserve a refusal; the share refused is then without a limit."""
    trials: int = TRIALS
    few: int = FEW
    """Trials in the ordinary run; fewer if one takes long."""
    simulation: str = ""
    """Name of the simulation, if several quantities are read off one: the random numbers are those of this name."""

    @property
    def name(self) -> str:
        """Quantity and disturbance."""
        return f"{self.quantity}: {self.disturbance}"


@dataclass(frozen=True)
class Coverage:
    """Answers of the trials of a study."""

    inside: int
    outside: int
    refused: int

    @property
    def share(self) -> float:
        """Share of the answered trials whose interval contains the truth; not a number if none was answered."""
        answered = self.inside + self.outside
        return self.inside / answered if answered else math.nan

    @property
    def share_refused(self) -> float:
        """Share of all trials that were refused."""
        return self.refused / (self.inside + self.outside + self.refused)

    def keeps(self, study: Study) -> bool:
        """Return whether coverage and refusals are within the bounds of the study.

        Fewer trials than the study asks for may be outside the bounds by four standard errors.
        """
        trials = self.inside + self.outside + self.refused
        leeway = 0.0 if trials >= study.trials else FEW_TRIALS_ERRORS
        if study.is_valid and self.share_refused > MOST_REFUSED + leeway * _error(MOST_REFUSED, trials):
            return False
        answered = self.inside + self.outside
        if not answered:
            return not study.is_valid
        slack = leeway * _error(LOWEST, answered)
        may_be_high = study.covers_more or not study.assumptions_hold
        return LOWEST - slack <= self.share <= (1.0 if may_be_high else HIGHEST + slack)


def coverage(study: Study, trials: int, *, first: int = 0) -> Coverage:
    """Run trials of a study, each with its own random numbers: the same for the same simulation and number of the
    trial."""
    seed = list((study.simulation or study.name).encode())
    answers = [study.trial(np.random.default_rng([number, *seed])) for number in range(first, first + trials)]
    return Coverage(*(answers.count(answer) for answer in ("inside", "outside", "refused")))


def total(parts: Iterable[Coverage]) -> Coverage:
    """Add the answers of parts of a study."""
    rows = [(part.inside, part.outside, part.refused) for part in parts]
    return Coverage(*(sum(column) for column in zip(*rows, strict=True)))


def answer_of(truth: float, estimate: Callable[[], Estimate | None]) -> Answer:
    """Return whether the interval of an estimate contains the truth; `refused` if there is none or it raises a
    refusal."""
    try:
        result = estimate()
    except (InsufficientData, Refused):
        return "refused"
    if result is None:
        return "refused"
    low, high = result.interval()
    return "inside" if low <= truth <= high else "outside"


def _error(share: float, trials: int) -> float:
    return math.sqrt(share * (1 - share) / trials)
