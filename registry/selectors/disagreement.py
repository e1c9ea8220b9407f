"""The pairs of a reported and a computed value that disagree, found by the database for many cells at once."""

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from registry.models import Value, ValueOrigin
from registry.models.record import type_of_user

COVERAGE_FACTOR = 2.0
"""Standard uncertainties of scatter that widen an interval, as in `Estimate.interval`."""


def disagreeing(user: type_of_user) -> QuerySet[Value]:
    """Computed values whose interval does not meet that of the reported value beside them (see `Finding.agrees`)."""
    widening = COVERAGE_FACTOR * F("standard_uncertainty")
    reported = Value.objects.filter(
        measurement=OuterRef("measurement"),
        quantity=OuterRef("quantity"),
        origin=ValueOrigin.REPORTED,
        is_latest=True,
        magnitude__isnull=False,
    ).annotate(low=F("lower") - widening, high=F("upper") + widening)
    above = ~Q(qualifier="<") & Q(low__gt=OuterRef("computed_high"))
    below = ~Q(qualifier=">") & Q(high__lt=OuterRef("computed_low"))
    return (
        Value.objects.visible_to(user)
        .filter(origin=ValueOrigin.COMPUTED, is_latest=True, magnitude__isnull=False, measurement__isnull=False)
        .annotate(computed_low=F("lower") - widening, computed_high=F("upper") + widening)
        .filter(Exists(reported.filter(above | below)))
    )
