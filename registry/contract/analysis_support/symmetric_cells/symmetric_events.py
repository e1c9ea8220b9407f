"""Values and messages of what happened to a symmetric cell: short circuits, loss of contact, other temperatures."""

from typing import Any

import numpy as np

from analyses.cycling.rows.gaps import find_gaps, widened
from analyses.cycling.rows.half_cycles import SECONDS_PER_HOUR, runs_of
from analyses.symmetric_cells.events import ContactLoss
from analyses.symmetric_cells.short_circuit import ShortCircuit
from analyses.uncertainty import Estimate
from registry.contract.analysis_support.symmetric_cells.symmetric_test import SymmetricTest
from registry.contract.outcome import Message, Result
from registry.contract.quantity import Quantity

PERCENT = 100.0
MAH_PER_AH = 1000.0
MOST_LISTED = 20
"""Short circuits that have values and messages of their own."""

HOURS, CYCLED, TOTAL_CYCLED = "hours_to_short_circuit_h", "cycled_time_h", "total_cycled_time_h"
COUNT, DEPTH, DURATION = "short_circuit_count", "short_circuit_depth_percent", "short_circuit_duration_h"
EVENT_OUTPUTS = (HOURS, CYCLED, TOTAL_CYCLED, COUNT, DEPTH, DURATION)


def event_results(test: SymmetricTest) -> tuple[Result, ...]:
    """Return times and number of short circuits, and begin, depth and duration of each at `short:1`, `short:2`, ..."""
    shorts = test.events.short_circuits
    total = Estimate.exact(test.hours(float(test.time_s[-1])))
    count = Result(COUNT, Estimate.exact(len(shorts)), "full and partial, lasting and healed")
    in_all = Result(TOTAL_CYCLED, total, "since the first current, including rests, to the end of the data")
    if not shorts:
        words = "since the first current, including rests, up to the end of the data, without a short circuit"
        return (Result(CYCLED, total, words), in_all, count)
    first = begin_h(test, shorts[0])
    results = [
        Result(CYCLED, first, "since the first current, including rests, up to the first short circuit"),
        in_all,
        count,
        Result(HOURS, first, "since the first current, including rests, to the first short circuit"),
    ]
    for number, short in enumerate(shorts[:MOST_LISTED], start=1):
        at = {"short": number}
        words = f"{_extent(short)} short circuit, {_manner(short)}"
        results.append(Result(HOURS, begin_h(test, short), words, at=at))
        depth = Estimate.measured(PERCENT * short.depth, PERCENT * short.depth_uncertainty).attributed("noise")
        results.append(Result(DEPTH, depth, "maximum relative decrease of the resistance", at=at))
        if short.end_s is not None:
            hours = _duration_h(short)
            results.append(Result(DURATION, hours, "until the resistance recovers", at=at))
    return tuple(results)


def begin_h(test: SymmetricTest, short: ShortCircuit) -> Estimate:
    """Return when a short circuit began, since the first current, with its bounds [h]."""
    moment, earliest, latest = map(test.hours, (short.time_s, short.earliest_s, short.latest_s))
    return Estimate(moment, max(min(earliest, moment), 0.0), max(latest, moment))


def _duration_h(short: ShortCircuit) -> Estimate:
    """Return how long a healed short circuit lasted, within the bounds of its begin [h]."""
    end = float(short.end_s or short.time_s)
    lengths = [(end - begin) / SECONDS_PER_HOUR for begin in (short.time_s, short.latest_s, short.earliest_s)]
    length, shortest, longest = (max(hours, 0.0) for hours in lengths)
    return Estimate(length, min(shortest, length), max(longest, length))


def _extent(short: ShortCircuit) -> str:
    return "full" if short.is_full else "partial"


def _manner(short: ShortCircuit) -> str:
    return f"{'sudden' if short.is_sudden else 'creeping'}, {'lasting' if short.end_s is None else 'healed'}"


def charge_passed_mah(test: SymmetricTest, short: ShortCircuit | None) -> Estimate:
    """Return the charge in both directions up to a short circuit, or in all.

    Parameters
    ----------
    test : SymmetricTest
        The test.
    short : ShortCircuit or None
        None for the whole test.

    Returns
    -------
    Estimate
        Charge; its bounds are what the rows do not tell: when half-cycles and the short circuit began [mAh].
    """
    if short is None:
        charge, resolution = test.runs.charge_ah.sum(), test.runs.resolution_ah.sum()
        early = late = float(resolution)
    else:
        end = max(short.row, 2)
        rows = test.time_s[:end], test.voltage_v[:end], test.current_a[:end]
        before = runs_of(*rows)
        before = widened(before, find_gaps(*rows, before))
        charge, resolution = before.charge_ah.sum(), float(before.resolution_ah.sum())
        current = float(np.abs(test.current_a[short.row])) / SECONDS_PER_HOUR
        early = resolution + current * (short.time_s - short.earliest_s)
        late = resolution + current * (short.latest_s - short.time_s)
    passed = float(charge)
    return Estimate(MAH_PER_AH * passed, MAH_PER_AH * max(passed - early, 0.0), MAH_PER_AH * (passed + late))


def event_messages(test: SymmetricTest) -> tuple[Message, ...]:
    """Return a message on each event, or that there was no short circuit."""
    events = test.events
    messages = [_short_message(test, number, short) for number, short in enumerate(events.short_circuits, start=1)]
    if not messages:
        hours = test.hours(float(test.time_s[-1]))
        messages.append(Message("no-short-circuit", "No short circuit in {hours:.4g} h.", hours=hours))
    messages = messages[:MOST_LISTED] + [_loss_message(test, loss) for loss in events.contact_losses[:MOST_LISTED]]
    if events.softening is not None:
        messages.append(
            Message(
                "resistance-falls-from-start",
                "From the beginning of the test the resistance falls from {before_ohm:.4g} to {after_ohm:.4g} Ω and "
                "levels off, as during interface formation: not counted as a short circuit; confirm it by impedance.",
                "warning",
                before_ohm=events.softening.before_ohm,
                after_ohm=events.softening.after_ohm,
            )
        )
    for change in events.temperature_changes[:MOST_LISTED]:
        messages.append(
            Message(
                "temperature-change",
                "The temperature changes from {before_degc:.4g} to {after_degc:.4g} °C after {hours:.4g} h, and the "
                "resistance from {resistance_before_ohm:.4g} to {resistance_after_ohm:.4g} Ω: changes that the "
                "temperature may explain are not counted as a short circuit.",
                "warning",
                before_degc=change.before_degc,
                after_degc=change.after_degc,
                hours=test.hours(float(test.time_s[change.row])),
                resistance_before_ohm=change.resistance_before_ohm,
                resistance_after_ohm=change.resistance_after_ohm,
            )
        )
    return tuple(messages)


def _short_message(test: SymmetricTest, number: int, short: ShortCircuit) -> Message:
    parameters: dict[str, Any] = {
        "number": number,
        "when": test.hours(short.time_s),
        "row": short.row + 1,
        "resistance_before_ohm": short.resistance_before_ohm,
        "resistance_after_ohm": short.resistance_after_ohm,
        "depth_percent": PERCENT * short.depth,
        "extent": _extent(short),
        "end_h": None if short.end_s is None else test.hours(short.end_s),
    }
    if short.end_s is not None and not short.is_sudden:
        return Message(
            "healed-creeping-short",
            "Short circuit {number}, {extent}: from {when:.4g} h (row {row}) on, |V|/|I| falls slowly from "
            "{resistance_before_ohm:.4g} to {resistance_after_ohm:.4g} Ω and recovers after {end_h:.4g} h.",
            "warning",
            **parameters,
        )
    if short.end_s is not None:
        return Message(
            "healed-short",
            "Short circuit {number}, {extent}, after {when:.4g} h (row {row}): |V|/|I| falls from "
            "{resistance_before_ohm:.4g} to {resistance_after_ohm:.4g} Ω and recovers after {end_h:.4g} h.",
            "warning",
            **parameters,
        )
    if not short.is_sudden:
        return Message(
            "creeping-short",
            "Short circuit {number}, {extent}: from {when:.4g} h (row {row}) on, |V|/|I| falls slowly from "
            "{resistance_before_ohm:.4g} to {resistance_after_ohm:.4g} Ω and stays low.",
            "warning",
            **parameters,
        )
    if not short.is_full:
        return Message(
            "partial-short",
            "Partial short circuit {number} after {when:.4g} h (row {row}): |V|/|I| falls from "
            "{resistance_before_ohm:.4g} to {resistance_after_ohm:.4g} Ω, by {depth_percent:.3g} %, and stays low.",
            "warning",
            **parameters,
        )
    return Message(
        "short-circuit",
        "Short circuit {number} after {when:.4g} h (row {row}): |V|/|I| falls from {resistance_before_ohm:.4g} to "
        "{resistance_after_ohm:.4g} Ω and stays low.",
        "warning",
        **parameters,
    )


def _loss_message(test: SymmetricTest, loss: ContactLoss) -> Message:
    return Message(
        "contact-loss",
        "Contact loss (failure by polarisation) after {when:.4g} h (row {row}): |V|/|I| rises from "
        "{resistance_before_ohm:.4g} to {resistance_after_ohm:.4g} Ω or more. Affected half-cycles are excluded.",
        "warning",
        when=test.hours(loss.time_s),
        row=loss.row + 1,
        resistance_before_ohm=loss.resistance_before_ohm,
        resistance_after_ohm=loss.resistance_after_ohm,
        end_h=None if loss.end_row is None else test.hours(float(test.time_s[loss.end_row])),
    )


def event_quantities() -> tuple[Quantity, ...]:
    """Return the quantities of `event_results`."""
    return (
        Quantity(
            slug=HOURS,
            name="Time to short circuit",
            unit="h",
            unit_label="h",
            symbol="t_short",
            description="Time to the first short circuit, full or partial; that of each further short circuit has its "
            "number.",
            minimum=0,
            end_of=CYCLED,
            if_not_ended="see the Kaplan-Meier curve of the analysis ‘Time to a short circuit of replicates’ "
            "(time-to-short-circuit)",
        ),
        Quantity(
            slug=CYCLED,
            name="Time cycled",
            unit="h",
            unit_label="h",
            symbol="",
            description="Time up to the first short circuit or the end of the data.",
            minimum=0,
            describes_test=True,
        ),
        Quantity(
            slug=TOTAL_CYCLED,
            name="Total time cycled",
            unit="h",
            unit_label="h",
            symbol="",
            description="Time up to the end of the data, short circuits included.",
            minimum=0,
            describes_test=True,
        ),
        Quantity(
            slug=COUNT,
            name="Number of short circuits",
            unit="dimensionless",
            is_count=True,
            minimum=0,
            describes_test=True,
        ),
        Quantity(
            slug=DEPTH,
            name="Depth of a short circuit",
            unit="percent",
            unit_label="%",
            symbol="",
            description="Maximum relative decrease of the resistance, compared with the previous half-cycle. The "
            "uncertainty includes the noise of the rows and the scatter of half-cycles.",
            minimum=0,
        ),
        Quantity(
            slug=DURATION,
            name="Duration of a healed short circuit",
            unit="h",
            unit_label="h",
            symbol="",
            description="Time until the resistance recovers.",
            minimum=0,
        ),
    )
