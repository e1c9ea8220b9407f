"""Checks of the rows of a test: coarse logging, rounded time stamps, the sign of the current."""

import numpy as np
from numpy.typing import NDArray

from analyses.coded_text import Remark
from analyses.cycling.rows.charge_counter import Counted
from analyses.cycling.rows.half_cycles import (
    REPEATED_SHARE,
    SLIGHT_SHARE,
    Runs,
    repeated_stamps,
)
from analyses.insufficient_data import InsufficientData

Array = NDArray[np.float64]

INVERTED_SHARE = 0.8
FEW_ROWS = 20
"""Rows of a half-cycle up to which it is said that they are few, and counters are not compared with them."""
FEWEST_INTEGRATED = 3
"""Rows of a half-cycle whose current and voltage are integrated."""


def known_steps(step_index: Array | None) -> Array | None:
    """Return the steps, None if the column contains none or a missing one."""
    if step_index is None or not np.isfinite(step_index.sum()) or (step_index == step_index[0]).all():
        return None
    return step_index


def coarse_rows(time: Array, solid: Runs, counters: Counted, step: Array | None) -> list[Remark]:
    """Remark on few rows in a half-cycle and on rounded time stamps; refuse what cannot be integrated."""
    remarks = []
    rows = solid.last_row - solid.first_row + 1
    if counters.charge is None:
        if float((rows < FEWEST_INTEGRATED).mean()) > 0.5:
            raise InsufficientData(
                "too-few-rows-to-integrate",
                "most half-cycles have fewer than {fewest} rows, and there are no capacity counters: export the file "
                "at a shorter logging interval, or with the counters",
                fewest=FEWEST_INTEGRATED,
            )
        few = int(np.median(rows))
        if few < FEW_ROWS and step is None:
            remarks.append(
                Remark(
                    "few-rows-a-half-cycle",
                    "Half-cycles have {rows} rows and the file has no step numbers: the start and end of each "
                    "half-cycle are only known to within half a logging interval.",
                    rows=few,
                )
            )
    repeated = repeated_stamps(time)
    if repeated > REPEATED_SHARE * time.size:
        remarks.append(
            Remark(
                "rounded-time-stamps",
                "{rows} of {all_rows} rows repeat the time stamp of the previous row: time stamps are rounded, which "
                "limits the accuracy of capacities; export the file with all digits.",
                rows=repeated,
                all_rows=time.size,
            )
        )
    return remarks


def counters_against_current(charging_ah: Array | None, discharging_ah: Array | None, current: Array) -> Remark | None:
    """Return a remark if the counter of charge counts while the cell is discharged, and the other one while charged.

    Parameters
    ----------
    charging_ah, discharging_ah : ndarray, shape (rows,), or None
        Counters, which may start again from zero [Ah].
    current : ndarray, shape (rows,)
        Positive on charge [A].
    """
    if charging_ah is None or discharging_ah is None:
        return None
    # A current is that of the interval that ends at its row.
    up, down = (np.maximum(np.diff(counter), 0.0) for counter in (charging_ah, discharging_ah))
    flowing = current[1:] != 0
    agrees = float(up[flowing & (current[1:] > 0)].sum() + down[flowing & (current[1:] < 0)].sum())
    opposes = float(up[flowing & (current[1:] < 0)].sum() + down[flowing & (current[1:] > 0)].sum())
    if not np.isfinite(opposes) or opposes <= INVERTED_SHARE * (agrees + opposes):
        return None
    return Remark(
        "counters-exchanged",
        "The counter of charge rises while the current is negative, and that of discharge while it is positive: their "
        "columns are exchanged. The current was integrated instead.",
    )


def check_signs(solid: Runs, voltage: Array) -> None:
    if not solid.sign.size:
        raise InsufficientData("no-current", "no cycles: the current is zero in every row")
    if not (solid.sign < 0).any():
        raise InsufficientData(
            "no-discharge",
            "no discharge: every current is positive; discharge currents must be negative, so export the file with "
            "signs or the column of step types (‘Step Type’), correct the sign, or add the discharge data",
        )
    rise = (voltage[solid.last_row] - voltage[solid.first_row]) * solid.sign
    long = solid.charge_ah >= SLIGHT_SHARE * solid.charge_ah.max()
    if solid.sign[long].size > 1 and float((rise[long] < 0).mean()) > INVERTED_SHARE:
        raise InsufficientData(
            "current-sign-inverted",
            "the sign of the current seems inverted, as the voltage falls on charge and rises on discharge: "
            "discharge currents must be negative; a column mapping reverses the sign with ‘-Current / A’",
        )
