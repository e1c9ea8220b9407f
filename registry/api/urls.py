"""Routes of the API."""

from django.urls import URLPattern, URLResolver, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import DefaultRouter

from registry.api import (
    analysis_run,
    audit,
    cell,
    column_mapping,
    comparison,
    dataset,
    formulation,
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
from registry.api.base.errors import Nowhere

app_name = "api"
router = DefaultRouter()
router.include_format_suffixes = False
for prefix, endpoint, name in (
    ("projects", project.ProjectEndpoint, "project"),
    ("memberships", project.MembershipEndpoint, "membership"),
    ("materials", material.MaterialEndpoint, "material"),
    ("batches", material.BatchEndpoint, "batch"),
    ("formulations", formulation.FormulationEndpoint, "formulation"),
    ("setups", setup.SetupEndpoint, "setup"),
    ("publications", publication.PublicationEndpoint, "publication"),
    ("cells", cell.CellEndpoint, "cell"),
    ("measurements", measurement.MeasurementEndpoint, "measurement"),
    ("datasets", dataset.DatasetEndpoint, "dataset"),
    ("column-mappings", column_mapping.ColumnMappingEndpoint, "column-mapping"),
    ("values", value.ValueEndpoint, "value"),
    ("runs", analysis_run.RunEndpoint, "run"),
    ("curves", analysis_run.CurveEndpoint, "curve"),
    ("comparisons", comparison.ComparisonEndpoint, "comparison"),
    ("quantities", quantity.QuantityEndpoint, "quantity"),
    ("analyses", plugin.AnalysisEndpoint, "analysis"),
    ("plugins", plugin.PluginEndpoint, "plugin"),
    ("audit", audit.AuditEndpoint, "audit"),
):
    router.register(prefix, endpoint, basename=name)

urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api:schema"), name="docs"),
    path("auth/login/", token.Login.as_view(), name="login"),
    path("auth/logout/", token.Logout.as_view(), name="logout"),
    path("auth/logout-all/", token.LogoutAll.as_view(), name="logout-all"),
    *router.urls,
    # Only with the slash, so that an address without one is still led to the one with it.
    re_path(r"^.*/$", Nowhere.as_view(), name="nowhere"),
]
