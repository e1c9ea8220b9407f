"""Which arcs of a spectrum are the bulk and the grain boundaries of an electrolyte: by capacitance, or as stated."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from analyses.coded_text import Listed, Remark
from analyses.impedance.circuits.arc_values import ArcValues
from analyses.insufficient_data import InsufficientData

Range = tuple[float, float]

BULK, GRAIN_BOUNDARY, ELECTROLYTE, OTHER = "bulk", "grain boundary", "electrolyte", "other"
ASSIGNMENTS = (BULK, GRAIN_BOUNDARY, ELECTROLYTE, OTHER)
BULK_F_CM: Range = (1e-13, 1e-10)
GRAIN_BOUNDARY_F_CM: Range = (1e-12, 1e-7)
"""Ranges of capacitance times thickness over area. Irvine, Sinclair and West give 1e-12 F cm⁻¹ for a bulk and 1e-11 to
1e-8 for grain boundaries; a decade or more of room lets permittivities be up to 1000, and grains be small or large."""
WELL_DETERMINED = 0.25
"""Relative standard uncertainty up to which the resistance of an arc is that of one process, and not half of one."""
NEAR_BORDER = 3.0
"""Factor from the largest capacitance of a bulk within which a single arc may be the bulk or grain boundaries."""
BEYOND_FREQUENCIES = 3.0
"""Factor from the highest frequency beyond which the top of an arc is not seen: inductance and phase errors of cables
and amplifier make such arcs."""
NOT_DISTINGUISHED = "bulk-or-grain-boundary"
"""Code of the reason of an arc that may be either."""
NOT_DETERMINED = "arc-not-determined"
SURFACE_LAYER_F_CM = 1e-9
"""From here on an arc may be a surface layer of an electrode, if there is an electrode that ions enter."""


@dataclass(frozen=True)
class AssignedArc:
    """An arc with what it is assigned to."""

    arc: ArcValues
    assignment: str
    """One of `ASSIGNMENTS`; `other` if it is assigned to nothing."""
    reason: Remark


def is_beyond(arc: ArcValues, highest_frequency_hz: float) -> bool:
    """Return whether the top of an arc is too far above the frequencies measured to be an arc of the sample.

    Parameters
    ----------
    arc : ArcValues
    highest_frequency_hz : float

    Returns
    -------
    bool
    """
    return arc.arc.frequency_hz > BEYOND_FREQUENCIES * highest_frequency_hz


def assign_by_capacitance(
    arcs: Sequence[ArcValues],
    thickness_over_area_per_cm: float,
    bulk_f_cm: Range,
    grain_boundary_f_cm: Range,
    *,
    highest_frequency_hz: float = math.inf,
) -> tuple[AssignedArc, ...]:
    """Assign arcs to bulk and grain boundaries by their capacitance [1]_.

    The fastest arc in the range of a bulk is the bulk. An arc after it in the range of grain boundaries, with a larger
    capacitance than the bulk, as thin layers have, is the grain boundaries; of several none is. A single arc whose
    capacitance is within a factor of three of the largest of a bulk, or has a 95 % interval on both sides of it, is the
    electrolyte, and neither bulk nor grain boundaries: the ranges meet there, and noise would decide. An arc whose
    resistance is known to no better than a quarter, or whose capacitance is not determined, is assigned to nothing; the
    next one is then the electrolyte if it is within both ranges, as the one before it may be the bulk. Assigned to
    nothing is one whose top is more than three times above the highest frequency, if that is given: with an inductor
    such an arc is made by cables and amplifier. Ranges may overlap.

    Parameters
    ----------
    arcs : sequence of ArcValues
        From `arc_values`, the fastest first.
    thickness_over_area_per_cm : float
        L/A of the pellet [cm⁻¹].
    bulk_f_cm, grain_boundary_f_cm : pair of float
        Least and largest capacitance times L/A of each [F cm⁻¹].
    highest_frequency_hz : float, optional
        Of the spectrum.

    Returns
    -------
    tuple of AssignedArc
        In the order of the arcs.

    References
    ----------
    .. [1] J. T. S. Irvine, D. C. Sinclair, A. R. West, Adv. Mater. 2, 132 (1990), doi:10.1002/adma.19900020304.
    """
    assigned: list[AssignedArc] = []
    bulk: float | None = None
    for arc in arcs:
        if arc.capacitance_f is None or not _is_well_determined(arc):
            assigned.append(_not_determined(arc))
            continue
        if is_beyond(arc, highest_frequency_hz):
            assigned.append(_beyond(arc, highest_frequency_hz))
            continue
        capacitance = arc.capacitance_f.magnitude * thickness_over_area_per_cm
        is_first = all(other.assignment == OTHER for other in assigned)
        faster = next((item.arc for item in assigned if item.reason.code == NOT_DETERMINED), None)
        in_both = _within(capacitance, bulk_f_cm) and _within(capacitance, grain_boundary_f_cm)
        if is_first and faster is not None and in_both:
            assigned.append(_after_open_arc(arc, faster))
        elif is_first and _within(capacitance, bulk_f_cm):
            bulk = capacitance
            assigned.append(_assigned(arc, BULK, capacitance, bulk_f_cm))
        elif bulk is not None and _within(capacitance, grain_boundary_f_cm) and capacitance <= bulk:
            assigned.append(_smaller_than_bulk(arc, capacitance, bulk))
        elif _within(capacitance, grain_boundary_f_cm):
            assigned.append(_assigned(arc, GRAIN_BOUNDARY, capacitance, grain_boundary_f_cm))
        else:
            assigned.append(_out_of_range(arc, capacitance, bulk_f_cm, grain_boundary_f_cm))
    return _without_border_case(
        _without_several(assigned, grain_boundary_f_cm), thickness_over_area_per_cm, bulk_f_cm, grain_boundary_f_cm
    )


def assign_as_stated(arcs: Sequence[ArcValues], text: str) -> tuple[AssignedArc, ...]:
    """Assign arcs as someone states it: `bulk, grain boundary`, in the order of the arcs, the fastest first.

    Parameters
    ----------
    arcs : sequence of ArcValues
        From `arc_values`.
    text : str
        Words of `ASSIGNMENTS` separated by commas, at most one for each arc; arcs without one are assigned to nothing.

    Returns
    -------
    tuple of AssignedArc

    Raises
    ------
    InsufficientData
        If a word is not known, or there are more words than arcs.

    Examples
    --------
    >>> assign_as_stated((), "bulk")
    Traceback (most recent call last):
    ...
    analyses.insufficient_data.InsufficientData: 1 arcs are assigned (bulk), but the circuit has 0: remove the rest
    """
    words = [" ".join(word.replace("-", " ").replace("_", " ").split()).casefold() for word in text.split(",")]
    for word in words:
        if word not in ASSIGNMENTS:
            raise InsufficientData(
                "unknown-arc-assignment",
                "{word!r} is not a valid assignment of an arc: use {known}, separated by commas",
                word=word,
                known=Listed(ASSIGNMENTS),
            )
    if len(words) > len(arcs):
        raise InsufficientData(
            "more-assignments-than-arcs",
            "{count} arcs are assigned ({assignments}), but the circuit has {arcs}: remove the rest",
            count=len(words),
            assignments=", ".join(words),
            arcs=len(arcs),
        )
    stated = [*words, *[OTHER] * (len(arcs) - len(words))]
    return tuple(
        AssignedArc(
            arc,
            word,
            Remark(
                "arc-assigned-as-stated",
                "arc {arc} ({resistor}) is assigned to the {assignment} by the parameter arc_assignment",
                arc=arc.number,
                resistor=arc.arc.resistor,
                assignment=word,
            ),
        )
        for arc, word in zip(arcs, stated, strict=True)
    )


def without_interfaces(assigned: Sequence[AssignedArc]) -> tuple[AssignedArc, ...]:
    """Assign no arc to grain boundaries if none is the bulk: between electrodes that pass ions it may be an interface.

    Parameters
    ----------
    assigned : sequence of AssignedArc
        From `assign_by_capacitance`.

    Returns
    -------
    tuple of AssignedArc
    """
    if any(item.assignment == BULK for item in assigned):
        return tuple(assigned)
    return tuple(_may_be_interface(item.arc) if item.assignment == GRAIN_BOUNDARY else item for item in assigned)


def _is_well_determined(arc: ArcValues) -> bool:
    resistance = arc.resistance_ohm
    return resistance is not None and resistance.standard_uncertainty <= WELL_DETERMINED * resistance.magnitude


def _within(number: float, limits: Range) -> bool:
    return limits[0] <= number <= limits[1]


def _assigned(arc: ArcValues, assignment: str, capacitance: float, limits: Range) -> AssignedArc:
    reason = Remark(
        "arc-assigned",
        "arc {arc} ({resistor}) is assigned to the {assignment}: its capacitance, {capacitance_f_cm:.2g} F cm⁻¹, is "
        "within {low:.2g} to {high:.2g} F cm⁻¹",
        arc=arc.number,
        resistor=arc.arc.resistor,
        assignment=assignment,
        capacitance_f_cm=capacitance,
        low=limits[0],
        high=limits[1],
    )
    return AssignedArc(arc, assignment, reason)


def _not_determined(arc: ArcValues) -> AssignedArc:
    resistance, is_known = arc.resistance_ohm, _is_well_determined(arc)
    reason = Remark(
        "arc-not-determined",
        "the spectrum does not determine the {words} of arc {arc} ({resistor}) well enough{uncertainty}",
        words="capacitance" if is_known else "resistance",
        arc=arc.number,
        resistor=arc.arc.resistor,
        uncertainty=f", with ± {resistance.standard_uncertainty / resistance.magnitude:.0%}"
        if resistance and not is_known
        else "",
    )
    return AssignedArc(arc, OTHER, reason)


def _after_open_arc(arc: ArcValues, faster: ArcValues) -> AssignedArc:
    reason = Remark(
        "bulk-or-grain-boundary",
        "arc {arc} ({resistor}) may be bulk or grain boundaries: a faster arc ({faster}), possibly the bulk, is not "
        "determined",
        arc=arc.number,
        resistor=arc.arc.resistor,
        faster=faster.arc.resistor,
    )
    return AssignedArc(arc, ELECTROLYTE, reason)


def _beyond(arc: ArcValues, highest_frequency_hz: float) -> AssignedArc:
    reason = Remark(
        "arc-beyond-frequencies",
        "the apex of arc {arc} ({resistor}), at {top_hz:.2g} Hz, is far above the highest frequency, {highest_hz:.2g} "
        "Hz: it may be an artefact of cables and amplifier",
        arc=arc.number,
        resistor=arc.arc.resistor,
        top_hz=arc.arc.frequency_hz,
        highest_hz=highest_frequency_hz,
    )
    return AssignedArc(arc, OTHER, reason)


def _may_be_interface(arc: ArcValues) -> AssignedArc:
    reason = Remark(
        "arc-may-be-interface",
        "no arc is assigned to the bulk, so arc {arc} ({resistor}) may be an electrode interface or grain boundaries",
        arc=arc.number,
        resistor=arc.arc.resistor,
    )
    return AssignedArc(arc, OTHER, reason)


def _out_of_range(arc: ArcValues, capacitance: float, bulk: Range, grain_boundary: Range) -> AssignedArc:
    reason = Remark(
        "arc-capacitance-out-of-range",
        "the capacitance of arc {arc} ({resistor}), {capacitance_f_cm:.2g} F cm⁻¹, is outside the ranges of a bulk "
        "({bulk_low:.2g} to {bulk_high:.2g} F cm⁻¹) and of grain boundaries ({low:.2g} to {high:.2g} F cm⁻¹)",
        arc=arc.number,
        resistor=arc.arc.resistor,
        capacitance_f_cm=capacitance,
        bulk_low=bulk[0],
        bulk_high=bulk[1],
        low=grain_boundary[0],
        high=grain_boundary[1],
    )
    return AssignedArc(arc, OTHER, reason)


def _smaller_than_bulk(arc: ArcValues, capacitance: float, bulk: float) -> AssignedArc:
    reason = Remark(
        "arc-capacitance-below-bulk",
        "the capacitance of arc {arc} ({resistor}), {capacitance_f_cm:.2g} F cm⁻¹, is not larger than that of the "
        "bulk, {bulk_f_cm:.2g} F cm⁻¹, as expected for grain boundaries",
        arc=arc.number,
        resistor=arc.arc.resistor,
        capacitance_f_cm=capacitance,
        bulk_f_cm=bulk,
    )
    return AssignedArc(arc, OTHER, reason)


def _without_several(assigned: Sequence[AssignedArc], limits: Range) -> tuple[AssignedArc, ...]:
    """Assign no arc to the grain boundaries if several could be."""
    candidates = [item for item in assigned if item.assignment == GRAIN_BOUNDARY]
    if len(candidates) < 2:
        return tuple(assigned)
    reason = Remark(
        "several-grain-boundary-arcs",
        "the capacitances of arcs {arcs} are all within the range of grain boundaries ({low:.2g} to {high:.2g} F "
        "cm⁻¹): assign one with the parameter arc_assignment",
        arcs=Listed([item.arc.number for item in candidates], between=" and "),
        low=limits[0],
        high=limits[1],
    )
    return tuple(AssignedArc(item.arc, OTHER, reason) if item in candidates else item for item in assigned)


def _without_border_case(
    assigned: Sequence[AssignedArc], per_cm: float, bulk: Range, grain_boundary: Range
) -> tuple[AssignedArc, ...]:
    """Assign a single arc to the electrolyte if its capacitance is where the ranges of bulk and boundaries meet."""
    parts = [item for item in assigned if item.assignment in (BULK, GRAIN_BOUNDARY)]
    if len(parts) != 1 or parts[0].arc.capacitance_f is None:
        return tuple(assigned)
    (single,), capacitance = parts, parts[0].arc.capacitance_f
    magnitude = capacitance.magnitude * per_cm
    interval = [end * per_cm for end in capacitance.interval()]
    lower, upper = min(interval[0], magnitude / NEAR_BORDER), max(interval[1], magnitude * NEAR_BORDER)
    if not (lower <= bulk[1] <= upper and grain_boundary[0] <= upper):
        return tuple(assigned)
    reason = Remark(
        "bulk-or-grain-boundary",
        "arc {arc} ({resistor}) may be the bulk or grain boundaries: its capacitance, {capacitance_f_cm:.2g} F cm⁻¹, "
        "is near {bulk_high:.2g} F cm⁻¹, where the ranges of both meet",
        arc=single.arc.number,
        resistor=single.arc.arc.resistor,
        capacitance_f_cm=magnitude,
        bulk_high=bulk[1],
    )
    return tuple(AssignedArc(item.arc, ELECTROLYTE, reason) if item is single else item for item in assigned)
