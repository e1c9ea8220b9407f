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
POSITIVE_SHARE = 0.01
"""Share of rows above 0 V up to which a voltage is negative."""
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
    charges, discharges = current[1:] > 0, current[1:] < 0
    agrees = float(up.sum(where=charges) + down.sum(where=discharges))
    opposes = float(up.sum(where=discharges) + down.sum(where=charges))
    if not np.isfinite(opposes) or opposes <= INVERTED_SHARE * (agrees + opposes):
        return None
    return Remark(
        "counters-exchanged",
        "The counter of charge rises while the current is negative, and that of discharge while it is positive: their "
        "columns are exchanged. The current was integrated instead.",
    )


def check_signs(solid: Runs, voltage: Array) -> list[Remark]:
    """Refuse rows in which the sign of current or voltage is turned; remark on a cell whose leads seem exchanged."""
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
    is_inverted = solid.sign[long].size > 1 and float((rise[long] < 0).mean()) > INVERTED_SHARE
    is_negative = bool(np.nanmedian(voltage) < 0 and np.mean(voltage > 0) < POSITIVE_SHARE)
    if is_inverted and is_negative:
        raise InsufficientData(
            "voltage-sign-inverted",
            "the voltage is negative and falls on charge: its sign seems inverted; a column mapping reverses it with "
            "‘-Voltage / V’",
        )
    if is_inverted:
        raise InsufficientData(
            "current-sign-inverted",
            "the sign of the current seems inverted, as the voltage falls on charge and rises on discharge: "
            "discharge currents must be negative; a column mapping reverses the sign with ‘-Current / A’",
        )
    if not is_negative:
        return []
    return [
        Remark(
            "leads-exchanged",
            "The voltage is negative: the leads of the cell seem exchanged, so that charge and discharge are, too. "
            "Unless the voltage is that of a negative electrode against a reference, reverse both signs with a column "
            "mapping, ‘-Voltage / V’ and ‘-Current / A’.",
        )
    ]
