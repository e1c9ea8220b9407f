"""URLs of the pages."""

from django.urls import path

from registry.web import (
    attachment,
    audit,
    cell,
    cell_group,
    comparison,
    curve,
    dataset,
    formulation,
    home,
    material,
    measurement,
    plugin,
    publication,
    run,
    setup,
)
from registry.web.entry import cell as cell_entry
from registry.web.entry import formulation as formulation_entry
from registry.web.entry import material as material_entry
from registry.web.entry import project, quantity_field, suggestions
from registry.web.entry import setup as setup_entry

app_name = "web"
urlpatterns = [
    path("", home.home_page, name="home"),
    path("materials/", material.material_list, name="materials"),
    path("materials/new/", material_entry.new_material, name="new-material"),
    path("materials/<int:pk>/edit/", material_entry.edit_material, name="edit-material"),
    path("materials/<int:pk>/", material.material_page, name="material"),
    path("formulations/new/", formulation_entry.new_formulation, name="new-formulation"),
    path("formulations/<int:pk>/edit/", formulation_entry.edit_formulation, name="edit-formulation"),
    path("formulations/<int:pk>/", formulation.formulation_page, name="formulation"),
    path("setups/new/", setup_entry.new_setup, name="new-setup"),
    path("setups/<int:pk>/edit/", setup_entry.edit_setup, name="edit-setup"),
    path("setups/<int:pk>/", setup.setup_page, name="setup"),
    path("cells/", cell.cell_list, name="cells"),
    path("cells/new/", cell_entry.new_cell, name="new-cell"),
    path("cells/new/preview/", cell_entry.preview_new_cell, name="preview-new-cell"),
    path("cells/<str:refcode>/edit/", cell_entry.edit_cell, name="edit-cell"),
    path("cells/<str:refcode>/edit/preview/", cell_entry.preview_cell, name="preview-cell"),
    path("cells/<str:refcode>/", cell.cell_page, name="cell"),
    path("cells/<str:refcode>/pending/", cell.cell_pending, name="cell-pending"),
    path("groups/", cell_group.group_list, name="groups"),
    path("groups/built-alike/", cell_group.built_alike_page, name="built-alike"),
    path("groups/built-alike/group/", cell_group.group_built_alike, name="group-built-alike"),
    path("groups/<int:pk>/", cell_group.group_page, name="group"),
    path("groups/<int:pk>/runs/<int:run_pk>/", cell_group.group_run_page, name="group-run"),
    path("measurements/<str:refcode>/cycles.csv", measurement.measurement_cycles, name="measurement-cycles"),
    path("compare/", comparison.comparison_list, name="comparisons"),
    path("compare/<slug:slug>/", comparison.comparison_page, name="comparison"),
    path("publications/", publication.publication_list, name="publications"),
    path("publications/<int:pk>/", publication.publication_page, name="publication"),
    path("plugins/", plugin.plugin_list, name="plugins"),
    path("runs/<int:pk>/", run.run_page, name="run"),
    path("runs/<int:pk>/offers/", run.accept_run_offer, name="run-offers"),
    path("curves/<int:pk>/", curve.curve_page, name="curve"),
    path("curves/<int:pk>/figure.json", curve.curve_figure, name="curve-figure"),
    path("curves/<int:pk>/data.csv", curve.curve_csv, name="curve-csv"),
    path("datasets/<int:pk>/figures/<slug:view>.json", dataset.dataset_figure, name="dataset-figure"),
    path("datasets/<int:pk>/figures/<slug:view>.csv", dataset.dataset_csv, name="dataset-csv"),
    path("datasets/<int:pk>/file/", dataset.dataset_file, name="dataset-file"),
    path("datasets/<int:pk>/thumbnail.png", dataset.dataset_thumbnail, name="dataset-thumbnail"),
    path("attachments/<int:pk>/file/", attachment.attachment_file, name="attachment-file"),
    path("audit/", audit.audit_page, name="audit"),
    path("projects/", project.project_list, name="projects"),
    path("projects/new/", project.new_project, name="new-project"),
    path("projects/<slug:slug>/", project.project_page, name="project"),
    path("projects/<slug:slug>/edit/", project.edit_project, name="edit-project"),
    path("suggestions/substances/", suggestions.substance_suggestions, name="substance-suggestions"),
    path("read-as/", quantity_field.read_as, name="read-as"),
]
