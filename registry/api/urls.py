"""URLs of the API."""

from django.urls import URLPattern, URLResolver, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import DefaultRouter

from registry.api import (
    analysis_run,
    attachment,
    audit,
    cell,
    cell_group,
    column_mapping,
    comment,
    comparison,
    curve,
    cycle_table,
    dataset,
    formulation,
    group_run,
    material,
    measurement,
    plugin,
    project,
    publication,
    quantity,
    setup,
    token,
    value,
)
from registry.api.base.errors import NotFoundView

app_name = "api"
router = DefaultRouter()
router.include_format_suffixes = False
for prefix, viewset, name in (
    ("projects", project.ProjectViewSet, "project"),
    ("memberships", project.MembershipViewSet, "membership"),
    ("materials", material.MaterialViewSet, "material"),
    ("batches", material.BatchViewSet, "batch"),
    ("formulations", formulation.FormulationViewSet, "formulation"),
    ("setups", setup.SetupViewSet, "setup"),
    ("publications", publication.PublicationViewSet, "publication"),
    ("cells", cell.CellViewSet, "cell"),
    ("groups", cell_group.CellGroupViewSet, "group"),
    ("measurements", measurement.MeasurementViewSet, "measurement"),
    ("datasets", dataset.DatasetViewSet, "dataset"),
    ("attachments", attachment.AttachmentViewSet, "attachment"),
    ("comments", comment.CommentViewSet, "comment"),
    ("column-mappings", column_mapping.ColumnMappingViewSet, "column-mapping"),
    ("values", value.ValueViewSet, "value"),
    ("runs", analysis_run.AnalysisRunViewSet, "run"),
    ("curves", curve.CurveViewSet, "curve"),
    ("group-runs", group_run.GroupRunViewSet, "group-run"),
    ("group-values", group_run.GroupValueViewSet, "group-value"),
    ("group-curves", group_run.GroupCurveViewSet, "group-curve"),
    ("cycles", cycle_table.CycleViewSet, "cycle"),
    ("comparisons", comparison.ComparisonViewSet, "comparison"),
    ("quantities", quantity.QuantityViewSet, "quantity"),
    ("analyses", plugin.AnalysisViewSet, "analysis"),
    ("plugins", plugin.PluginViewSet, "plugin"),
    ("audit", audit.AuditViewSet, "audit"),
):
    router.register(prefix, viewset, basename=name)

urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api:schema"), name="docs"),
    path("auth/login/", token.LoginView.as_view(), name="login"),
    path("auth/logout/", token.LogoutView.as_view(), name="logout"),
    path("auth/logout-all/", token.LogoutAllView.as_view(), name="logout-all"),
    *router.urls,
    # Only with a trailing slash, so that a URL without it is still redirected.
    re_path(r"^.*/$", NotFoundView.as_view(), name="not-found"),
]
