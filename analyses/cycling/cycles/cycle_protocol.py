"""Whether the first or the last cycle of a test is incomplete."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyses.coded_text import Remark
from analyses.cycling.cycles.cycle_starts import LEADING_SHARE
from analyses.cycling.cycles.cycle_summary import CycleSummary
from analyses.statistics.medians import MAD_TO_SIGMA

Array = NDArray[np.float64]

NEIGHBOURS = 10
CUT_OFF_SPREADS = 6.0
CUT_OFF_SHARE = 0.02
"""Largest deviation from the usual cut-off voltage, as a share of the voltage window."""
SMALL_SHARE = 0.01


@dataclass(frozen=True)
class WholeCycles:
    """The cycles of a test that were gone through."""

    table: CycleSummary
    interrupted: int | None
    """Number of the last cycle, if it was interrupted and excluded."""
    remarks: tuple[Remark, ...]
    """Message on the excluded part."""


def whole_cycles(table: CycleSummary) -> WholeCycles:
    """Return the cycles without an interrupted last one, or only its charge, and without a discharge before the first.

    Parameters
    ----------
    table : CycleSummary

    Returns
    -------
    WholeCycles
    """
    incomplete, emptying = interrupted_last(table), emptying_first(table)
    index = np.arange(table.cycle.size)
    kept = table
    remarks = [emptying] if emptying else []
    if incomplete and (discharged := without_last_charge(table)):
        kept, incomplete = discharged[0], None
        remarks.append(discharged[1])
    if incomplete:
        remarks.append(incomplete)
    within = (index >= bool(emptying)) & (index < index.size - bool(incomplete))
    return WholeCycles(kept.selected(within), int(table.cycle[-1]) if incomplete else None, tuple(remarks))


def lacks_last(capacity: Array) -> bool:
    """Return True if the last cycle has less than 1 % of the capacity of the cycles before: it was not gone through.

    Parameters
    ----------
    capacity : ndarray, shape (cycles,)
        Recovered capacity of each cycle, in any unit.

    Examples
    --------
    >>> (lacks_last(np.array([2.0, 1.9, 0.0])), lacks_last(np.array([2.0, 1.9, 0.5])))
    (True, False)
    """
    before = capacity[:-1][np.isfinite(capacity[:-1])]
    # What the last cycle does not have is nan, which is above nothing.
    return before.size > 0 and not capacity[-1] > SMALL_SHARE * float(np.median(before))


def interrupted_last(table: CycleSummary) -> Remark | None:
    """Return why the last cycle counts as interrupted, or None if it does not.

    It is interrupted if it lacks its second half (the discharge in a test that begins with a charge), or if that half
    ends well before the voltage at which it ended in up to ten cycles before: by more than six times their spread and
    more than 2 % of the voltage window, and with less capacity than the cycle before. A last cycle that contains what
    comes back and nothing after it is complete.

    Parameters
    ----------
    table : CycleSummary

    Returns
    -------
    Remark or None
    """
    if table.cycle.size < 2:
        return None
    first, second = ("discharge", "charge") if table.discharges_first else ("charge", "discharge")
    capacity = table.charge_ah if table.discharges_first else table.discharge_ah
    if lacks_last(capacity):
        return Remark(
            "interrupted-cycle-excluded",
            "Excluded the interrupted last cycle, {cycle:.0f}: it has a {present} but no {missing}.",
            cycle=table.cycle[-1],
            present=first,
            missing=second,
        )
    ends = table.charge_end_voltage_v if table.discharges_first else table.discharge_end_voltage_v
    earlier = ends[:-1][-NEIGHBOURS:]
    earlier = earlier[np.isfinite(earlier)]
    if not earlier.size or capacity[-1] >= capacity[-2]:
        return None
    usual = float(np.median(earlier))
    window = float(np.nanmedian(table.charge_end_voltage_v) - np.nanmedian(table.discharge_end_voltage_v))
    spread = MAD_TO_SIGMA * float(np.median(np.abs(earlier - usual)))
    short = (usual - ends[-1]) if table.discharges_first else (ends[-1] - usual)
    if short > max(CUT_OFF_SPREADS * spread, CUT_OFF_SHARE * abs(window)):
        return Remark(
            "interrupted-cycle-excluded",
            "Excluded the interrupted last cycle, {cycle:.0f}: its {half} ends at {end_v:.3g} V instead of "
            "{usual_v:.3g} V.",
            cycle=table.cycle[-1],
            half=second,
            end_v=ends[-1],
            usual_v=usual,
        )
    return None


def without_last_charge(table: CycleSummary) -> tuple[CycleSummary, Remark] | None:
    """Return a table whose last charge was interrupted without that charge, and a remark that says so.

    In a test that discharges first, the last discharge is complete if a charge followed it.

    Parameters
    ----------
    table : CycleSummary
        With an interrupted last cycle (`interrupted_last`).

    Returns
    -------
    tuple of CycleSummary and Remark, or None
        None if the test charges first, or no charge followed.
    """
    if not (table.discharges_first and table.discharge_first[-1] and table.charge_ah[-1] > 0):
        return None
    missing: dict[str, Any] = {}
    for name, numbers in vars(table).items():
        is_of_charge = name.startswith(("charge_", "mean_charge_")) and name != "charge_current_a"
        if is_of_charge and isinstance(numbers, np.ndarray):
            missing[name] = np.append(numbers[:-1], np.nan)
    return replace(table, **missing), Remark(
        "interrupted-charge-excluded",
        "Excluded the interrupted charge of the last cycle, {cycle:.0f}: its discharge is complete.",
        cycle=table.cycle[-1],
    )


def emptying_first(table: CycleSummary) -> Remark | None:
    """Return why the first cycle is none, or None if it is one.

    It is none if it is only the discharge that empties a charged cell: the test begins with a charge, but the first
    cycle has a discharge without one, of less than half the charge that follows. How far the cell was charged before
    is not in the data, so that this capacity compares with no other.

    Parameters
    ----------
    table : CycleSummary

    Returns
    -------
    Remark or None
    """
    if table.cycle.size < 2 or table.discharges_first:
        return None
    if np.isnan(table.charge_ah[0]) and table.discharge_ah[0] < LEADING_SHARE * table.charge_ah[1]:
        return Remark(
            "emptying-discharge-excluded",
            "Excluded the first discharge, {discharge_mah:.4g} mAh in cycle {cycle:.0f}: the cell was charged before "
            "the test began, which is not in the data.",
            discharge_mah=1000 * table.discharge_ah[0],
            cycle=table.cycle[0],
        )
    return None
