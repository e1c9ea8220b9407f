"""The raw file of a dataset, byte for byte, and the thumbnail of a picture."""

from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from registry.file_responses import attachment_response, thumbnail_response
from registry.models import Dataset


@require_safe
def dataset_file(request: HttpRequest, pk: int) -> FileResponse:
    """Send the file as a download, never as a page of this site."""
    dataset = _get_dataset(request, pk)
    return attachment_response(dataset.raw_file.path, dataset.filename)


@require_safe
def dataset_thumbnail(request: HttpRequest, pk: int) -> FileResponse:
    """Send the thumbnail of a picture."""
    dataset = _get_dataset(request, pk)
    if not dataset.has_picture:
        raise Http404(f"‘{dataset.filename}’ has no picture.")
    return thumbnail_response(dataset)


def _get_dataset(request: HttpRequest, pk: int) -> Dataset:
    return get_object_or_404(Dataset.objects.visible_to(request.user).select_related("raw_file"), pk=pk)
