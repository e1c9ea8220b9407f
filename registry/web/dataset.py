"""The raw file of a dataset, byte for byte, the thumbnail of an image, and plots of what was read."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from registry.file_responses import attachment_response, thumbnail_response
from registry.models import CurveKind, Dataset
from registry.selectors.files.raw_view import RawView, build_raw_view, list_raw_views
from registry.web.plots.plot import draw_data
from registry.web.plots.request import csv_response, figure_response
from registry.web.plots.standalone import drawing_response


@require_safe
def dataset_file(request: HttpRequest, pk: int) -> FileResponse:
    """Send the file as a download, never as a page of this site."""
    dataset = _get_dataset(request, pk)
    return attachment_response(dataset.raw_file.path, dataset.filename)


@require_safe
def dataset_thumbnail(request: HttpRequest, pk: int) -> FileResponse:
    """Send the thumbnail of an image."""
    dataset = _get_dataset(request, pk)
    if not dataset.has_picture:
        raise Http404(f"‘{dataset.filename}’ has no image.")
    return thumbnail_response(dataset)


@require_safe
def dataset_figure(request: HttpRequest, pk: int, view: str) -> HttpResponse:
    """The figure of a view of the columns of a dataset."""
    dataset, raw_view = _get_view(request, pk, view)
    return figure_response(request, CurveKind.LINE, build_raw_view(dataset, raw_view))


@require_safe
def dataset_drawing(request: HttpRequest, pk: int, view: str) -> HttpResponse:
    """The drawing of a view of the columns of a dataset, for print."""
    dataset, raw_view = _get_view(request, pk, view)
    data = build_raw_view(dataset, raw_view)
    return drawing_response(draw_data(f"dataset-{pk}-{view}", CurveKind.LINE, raw_view.title, data))


@require_safe
def dataset_csv(request: HttpRequest, pk: int, view: str) -> HttpResponse:
    """The numbers of a view of the columns of a dataset."""
    dataset, raw_view = _get_view(request, pk, view)
    return csv_response(f"{dataset.measurement.refcode}-{view}.csv", build_raw_view(dataset, raw_view))


def _get_view(request: HttpRequest, pk: int, name: str) -> tuple[Dataset, RawView]:
    dataset = _get_dataset(request, pk)
    view = next((view for view in list_raw_views(dataset) if view.name == name), None)
    if view is None:
        raise Http404(f"‘{dataset.filename}’ has no plot of this kind.")
    return dataset, view


def _get_dataset(request: HttpRequest, pk: int) -> Dataset:
    return get_object_or_404(Dataset.objects.visible_to(request.user).select_related("raw_file", "measurement"), pk=pk)
