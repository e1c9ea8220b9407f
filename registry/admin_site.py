"""The admin site: registry models first, with the sign-in page of the web pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.apps import apps
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import BadRequest, FieldDoesNotExist, PermissionDenied, ValidationError
from django.db.models import IntegerField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path, reverse

from registry.models.record import is_key

MODEL_ORDER = (
    "Cell",
    "CellGroup",
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
    "Attachment",
    "Comment",
    "ColumnMapping",
    "AnalysisRun",
)

NOT_FOUND = "Record not found, or not visible to you."


def check_selected_rows(model_admin: object, request: HttpRequest) -> None:
    """Raise BadRequest for a selected row whose key is not one of the model of this list."""
    if not isinstance(model_admin, ModelAdmin):
        return
    field = model_admin.opts.pk
    for key in request.POST.getlist(ACTION_CHECKBOX_NAME):
        try:
            is_valid = is_key(key) if isinstance(field, IntegerField) else field.to_python(key) is not None
        except ValidationError:
            is_valid = False
        if not is_valid:
            raise BadRequest("A selected row is not a valid primary key.")


class RegistrySite(AdminSite):
    site_header = site_title = "Cellar"
    index_title = "Records"
    empty_value_display = "–"

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Return the apps, the registry first with its models in MODEL_ORDER."""
        apps = super().get_app_list(request, app_label)
        for app in apps:
            if app["app_label"] == "registry":
                app["models"].sort(key=lambda model: MODEL_ORDER.index(model["object_name"]))
        return sorted(apps, key=lambda app: app["app_label"] != "registry")

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """Refuse an action on rows that cannot exist in the list, for the lists of every app."""

        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            check_selected_rows(getattr(view, "__self__", None), request)
            return view(request, *args, **kwargs)

        return super().admin_view(checked, cacheable)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Replace Django's view-on-site URL, which ignores visibility."""
        route = "r/<str:content_type_id>/<path:object_id>/"
        return [path(route, self.admin_view(self.view_on_site), name="view_on_site"), *super().get_urls()]

    def view_on_site(self, request: HttpRequest, content_type_id: str, object_id: str) -> HttpResponse:
        """Redirect to the page of a visible record; 404 for any other, so that its existence is not revealed."""
        content_type = ContentType.objects.filter(pk=content_type_id).first() if is_key(content_type_id) else None
        model_admin = self._registry.get(content_type.model_class()) if content_type else None  # type: ignore[arg-type]
        record = model_admin.get_object(request, object_id) if model_admin else None
        if model_admin is None or record is None or not model_admin.has_view_permission(request, record):
            raise Http404(NOT_FOUND)
        get_absolute_url = getattr(record, "get_absolute_url", None)
        if get_absolute_url is None:
            raise Http404(NOT_FOUND)
        return redirect(get_absolute_url())

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """Refuse reverse relations, which Django would search as if they were foreign keys."""
        try:
            model = apps.get_model(request.GET.get("app_label", ""), request.GET.get("model_name", ""))
            field = model._meta.get_field(request.GET.get("field_name", ""))
        except (LookupError, FieldDoesNotExist) as error:
            raise PermissionDenied from error
        if not field.concrete:
            raise PermissionDenied
        return super().autocomplete_view(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Redirect to the sign-in page, or to the index if already signed in."""
        index = reverse("admin:index", current_app=self.name)
        if self.has_permission(request):
            return redirect(index)
        return redirect_to_login(request.GET.get(REDIRECT_FIELD_NAME) or index)
