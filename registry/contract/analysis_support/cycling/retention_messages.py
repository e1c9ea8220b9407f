"""Messages about a capacity retention: the cycles compared, gaps in them, and how even the fade is."""

from analyses.cycling.capacity.capacity_retention import Fade
from registry.contract.analysis_support.cycling.comparable_cycles import Span
from registry.contract.inputs import Inputs
from registry.contract.outcome import Message

ROUND_OFF_PERCENT = 1e-9
"""Difference of losses per cycle that comes from the arithmetic alone."""
UNEVEN_FADE = 0.2
"""Relative difference of typical and end-to-end loss per cycle above which the fade is called uneven."""


def choice_messages(inputs: Inputs, span: Span, unit: str) -> tuple[Message, ...]:
    """Return how reference and end were chosen, and the scatter of the capacities in this unit."""
    first = f"the first of its group, {span.group.name}"
    reference = "as set" if int(inputs.parameter("reference_cycle")) else first
    end = "as set" if int(inputs.parameter("end_cycle")) else "the last of its group"
    return (
        Message(
            "reference-and-end-cycle",
            "Reference: cycle {reference} ({reference_choice}); end: cycle {end} ({end_choice}).",
            reference=span.reference,
            reference_choice=reference,
            end=span.end,
            end_choice=end,
        ),
        Message(
            "scatter-between-cycles",
            "Scatter between cycles, slow changes removed: {scatter:.2g} {unit}.",
            scatter=span.series.scatter_mah,
            unit=unit,
        ),
    )


def gap_messages(span: Span) -> tuple[Message, ...]:
    """Return a warning for the reference and the end cycle if its discharge has a gap under current."""
    gap_cycles = span.table.summary.discharge_gap_cycles if span.table.summary else ()
    return tuple(
        Message(
            "gap-in-compared-cycle",
            "The discharge of the {role} cycle, {cycle}, has a gap in the rows while current flows: the charge of the "
            "gap limits how well the retention is known.",
            "warning",
            role=role,
            cycle=cycle,
        )
        for role, cycle in (("reference", span.reference), ("end", span.end))
        if cycle in gap_cycles
    )


def fade_messages(loss: Fade) -> tuple[Message, ...]:
    """Return the loss per cycle from end to end and in a typical cycle, with a warning if they differ."""
    typical, overall = loss.percent_per_cycle.magnitude, loss.end_to_end_percent_per_cycle
    expanded = 2 * loss.percent_per_cycle.standard_uncertainty
    if abs(typical - overall) > max(expanded, UNEVEN_FADE * abs(overall), ROUND_OFF_PERCENT):
        return (
            Message(
                "uneven-fade",
                "Uneven fade: {average:.4g} % per cycle on average, {typical:.4g} % in a typical cycle.",
                "warning",
                average=overall,
                typical=typical,
            ),
        )
    return (
        Message(
            "fade",
            "Fade: {average:.4g} % per cycle on average, {typical:.4g} % in a typical cycle.",
            average=overall,
            typical=typical,
        ),
    )
