"""A hardware set-up and its measurements."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from registry.models import HardwareSetup, Measurement
from registry.web.entry.base.access import may_edit
from registry.web.measurement import format_conditions
from registry.web.presentation.text import format_written, list_test_conditions

MEASUREMENTS_SHOWN = 100


@require_safe
def setup_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One set-up."""
    visible = HardwareSetup.objects.visible_to(request.user).select_related("project")
    setup = get_object_or_404(visible, pk=pk)
    measurements = Measurement.objects.visible_to(request.user).filter(setup=setup)
    shown = measurements.select_related("cell").prefetch_related("conditions").order_by("refcode")[:MEASUREMENTS_SHOWN]
    properties = [
        ("Kind", setup.get_kind_display()),
        ("Pressure applied by", setup.get_pressure_application_display()),
        ("Electrodes", setup.get_blocks_display()),
        ("Press", setup.press),
        ("Cycler or potentiostat", setup.instrument),
        ("Channel", setup.channel),
        ("Calibrated on", setup.calibrated_on.isoformat() if setup.calibrated_on else ""),
        ("Project", setup.project.name),
    ]
    context = {
        "setup": setup,
        "may_edit": may_edit(setup, request.user),
        "properties": [(name, text) for name, text in properties if text],
        "die_diameter": format_written(setup.die_diameter),
        "die_diameter_address": reverse("web:entered", args=["hardwaresetup", setup.pk, "die_diameter"]),
        "attachments": setup.attachments.select_related("raw_file"),
        "measurements": [
            (measurement, format_conditions(list_test_conditions(measurement, in_line=True))) for measurement in shown
        ],
        "measurement_count": measurements.count(),
    }
    return render(request, "web/setup.html", context)
