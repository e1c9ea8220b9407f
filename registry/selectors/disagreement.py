"""The pairs of a reported and a computed value that disagree, sought by the database among many cells."""

from django.db.models import Exists, F, OuterRef, Q

from registry.models import Value, ValueOrigin
from registry.models.visibility import AnyUser
from registry.selectors.audit import Finding, list_findings

LEAST_COVERAGE = 1.95
"""No interval is widened by fewer standard uncertainties, so that no disagreement is missed here."""


def list_disagreements(user: AnyUser) -> list[Finding]:
    """Every finding that does not agree: candidates by SQL, each then judged by `Finding.agrees`."""
    widening = LEAST_COVERAGE * F("standard_uncertainty")
    reported = Value.objects.filter(
        measurement=OuterRef("measurement"),
        quantity=OuterRef("quantity"),
        origin=ValueOrigin.REPORTED,
        is_latest=True,
        magnitude__isnull=False,
    ).annotate(low=F("lower") - widening, high=F("upper") + widening)
    above = ~Q(qualifier="<") & Q(low__gt=OuterRef("computed_high"))
    below = ~Q(qualifier=">") & Q(high__lt=OuterRef("computed_low"))
    candidates = (
        Value.objects.visible_to(user)
        .filter(origin=ValueOrigin.COMPUTED, is_latest=True, magnitude__isnull=False, measurement__isnull=False)
        .annotate(computed_low=F("lower") - widening, computed_high=F("upper") + widening)
        .filter(Exists(reported.filter(above | below)))
    )
    measurements = set(candidates.values_list("measurement_id", flat=True))
    return (
        [finding for finding in list_findings(user, measurements=measurements) if not finding.agrees]
        if measurements
        else []
    )
