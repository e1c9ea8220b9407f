"""Survival of cells of which some are stopped: intervals of the share that continues and of the median."""

from collections.abc import Callable

import numpy as np

from analyses.statistics.survival import SurvivalCurve, survival_curve
from analyses.uncertainty import Estimate
from tests.calibration.study import Answer, Study, answer_of

SHAPE = 1.5
"""Of the Weibull distribution of the lives, in mean lives of about one."""
AT = 0.7
"""When the share is asked for."""
FEW_CELLS = "a number of cells is whole: the interval of the share covers 95 % or more"


def of_cells(
    quantity: str, truth: float, read: Callable[[SurvivalCurve], Estimate | None], cells: int, *, are_stopped: bool
) -> Study:
    """A number of the curve of cells of which about a third are stopped at random times, or none."""

    def trial(random: np.random.Generator) -> Answer:
        life = random.weibull(SHAPE, size=cells)
        stop = random.exponential(2, size=cells) if are_stopped else np.full(cells, np.inf)
        return answer_of(truth, lambda: read(survival_curve(np.minimum(life, stop), life <= stop)))

    words = f"{cells} cells, {'some stopped' if are_stopped else 'none stopped'}"
    return Study(quantity, words, trial, covers_more=FEW_CELLS, is_valid=not are_stopped)


def _median(curve: SurvivalCurve) -> Estimate | None:
    lower, upper = curve.median_interval
    if curve.median is None or upper is None:
        return None
    return Estimate(curve.median, min(lower, curve.median), upper)


def _share(curve: SurvivalCurve) -> Estimate | None:
    index = int(np.searchsorted(curve.time, AT, side="right")) - 1
    if index < 0:
        return None
    return Estimate(*(float(ends[index]) for ends in (curve.share, curve.lower, curve.upper)))


READ = (
    ("Median time to a short circuit", float(np.log(2) ** (1 / SHAPE)), _median),
    ("Share without a short circuit", float(np.exp(-(AT**SHAPE))), _share),
)
STUDIES = tuple(
    of_cells(quantity, truth, read, cells, are_stopped=are_stopped)
    for quantity, truth, read in READ
    for cells, are_stopped in ((6, False), (12, False), (24, False), (8, True), (12, True), (24, True))
)
