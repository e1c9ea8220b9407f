"""Depth of the short circuits of symmetric cells."""

import numpy as np

from analyses.simulate.symmetric_cell import SymmetricCell, symmetric_test
from analyses.symmetric_cells.events import find_events
from analyses.symmetric_cells.overpotential import half_cycle_runs
from analyses.uncertainty import Estimate
from tests.calibration.study import Answer, Study, answer_of

HALF_H, HALVES, CURRENT_MA_CM2 = 0.5, 24, 0.5
SCATTER = "includes the scatter of the previous half-cycle"


def depth(words: str, noise_v: float, *, partial: bool) -> Study:
    """A sudden short circuit of a cell of 44 Ω; the truth is that of the resistances of the model."""

    def trial(random: np.random.Generator) -> Answer:
        short_h = HALF_H * (12 + random.uniform(0.2, 0.9))
        left = random.uniform(0.2, 0.6) if partial else random.uniform(0.01, 0.1)
        cell = SymmetricCell(1.0, 44.0, random.uniform(0, 0.1), short_h=short_h, short_ohm=44.0 * left)
        made = symmetric_test(
            cell,
            [CURRENT_MA_CM2] * HALVES,
            HALF_H,
            rows=int(random.integers(20, 80)),
            scatter_v=10 ** random.uniform(-5, -3.5),
            noise_v=noise_v,
            seed=int(random.integers(2**31)),
        )
        before = cell.resistance_ohm + cell.growth_ohm_h * (short_h - HALF_H / 2)
        truth = 100 * (1 - cell.short_ohm / before)
        columns = made.time_s, made.voltage_v, made.current_a

        def value() -> Estimate | None:
            shorts = find_events(*columns, half_cycle_runs(*columns)).short_circuits
            if len(shorts) != 1:
                return None
            return Estimate.measured(100 * shorts[0].depth, 100 * shorts[0].depth_uncertainty)

        return answer_of(truth, value)

    return Study("Depth of a short circuit", words, trial, covers_more=SCATTER)


STUDIES = (
    depth("full, noise of 0.1 mV", 1e-4, partial=False),
    depth("partial, noise of 0.1 mV", 1e-4, partial=True),
    depth("partial, noise of 1 mV", 1e-3, partial=True),
)
