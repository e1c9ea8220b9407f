"""Pairs of reported and computed values that disagree, selected by the database among many cells."""

from django.db.models import Exists, F, Max, OuterRef, Q

from registry.models import Project, Value, ValueOrigin
from registry.models.visibility import AnyUser
from registry.selectors.audit.audit import Finding, list_findings

MIN_COVERAGE_FACTOR = 1.95
"""Smallest coverage factor of any interval, so that the query misses no disagreement."""


def list_disagreements(user: AnyUser, *, project: Project | None = None, among: int | None = None) -> list[Finding]:
    """All findings that disagree: candidates selected in SQL, each then checked with `Finding.agrees`.

    `among` is a number of newest values: with it, older ones are not looked at.
    """
    widening = MIN_COVERAGE_FACTOR * F("standard_uncertainty")
    same_place = Q(at_kind="") | Q(at_number=OuterRef("at_number"))
    reported = Value.objects.filter(
        same_place,
        at_kind=OuterRef("at_kind"),
        measurement=OuterRef("measurement"),
        quantity=OuterRef("quantity"),
        origin=ValueOrigin.REPORTED,
        is_latest=True,
        magnitude__isnull=False,
    ).annotate(low=F("lower") - widening, high=F("upper") + widening)
    above = Q(low__gt=OuterRef("computed_high")) | Q(qualifier=">", low__gte=OuterRef("computed_high"))
    below = Q(high__lt=OuterRef("computed_low")) | Q(qualifier="<", high__lte=OuterRef("computed_low"))
    # Of an approximate number, the digits decide, which are not in a column.
    about = Q(qualifier="~", lower__isnull=True)
    candidates = (
        Value.objects.visible_to(user)
        .filter(origin=ValueOrigin.COMPUTED, is_latest=True, magnitude__isnull=False, measurement__isnull=False)
        .annotate(computed_low=F("lower") - widening, computed_high=F("upper") + widening)
        .filter(Exists(reported.filter(above | below | about)))
    )
    if project:
        candidates = candidates.filter(cell__project=project)
    if among:
        newest = Value.objects.aggregate(newest=Max("pk"))["newest"] or 0
        candidates = candidates.filter(pk__gt=newest - among)
    measurements = set(candidates.values_list("measurement_id", flat=True))
    return (
        [finding for finding in list_findings(user, measurements=measurements) if not finding.agrees]
        if measurements
        else []
    )
