"""The admin as a site: the records of the registry first, and the one sign-in page there is."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

ORDER = (
    "Cell",
    "Measurement",
    "Value",
    "Material",
    "Batch",
    "Formulation",
    "HardwareSetup",
    "Publication",
    "Project",
    "Comparison",
    "Dataset",
    "ColumnMapping",
    "AnalysisRun",
)


class RegistrySite(AdminSite):
    site_header = site_title = "Cellar"
    index_title = "Records"
    empty_value_display = "–"

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The registry's models in the order they are worked with, then the other apps."""
        apps = super().get_app_list(request, app_label)
        for app in apps:
            if app["app_label"] == "registry":
                app["models"].sort(key=lambda model: ORDER.index(model["object_name"]))
        return sorted(apps, key=lambda app: app["app_label"] != "registry")

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send to the sign-in page, which checks where to go on to; who may enter goes straight on."""
        index = reverse("admin:index", current_app=self.name)
        if self.has_permission(request):
            return redirect(index)
        return redirect_to_login(request.GET.get(REDIRECT_FIELD_NAME) or index)
