"""The raw file of a dataset, byte for byte."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from registry.models import Dataset


@require_safe
def dataset_file(request: HttpRequest, pk: int) -> FileResponse:
    """Send the file as a download, never as a page of this site."""
    dataset = get_object_or_404(Dataset.objects.visible_to(request.user).select_related("raw_file"), pk=pk)
    if not default_storage.exists(dataset.raw_file.path):
        raise Http404(f"The file ‘{dataset.filename}’ is missing from the file store; restore it from a backup.")
    response = FileResponse(
        default_storage.open(dataset.raw_file.path),
        as_attachment=True,
        filename=dataset.filename,
        content_type="application/octet-stream",
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-cache"
    return response
