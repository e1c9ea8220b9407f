"""Responses with stored files: downloads, which no browser shows as a page of this site, and thumbnails."""

from django.core.files import File
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404

from registry.models import Dataset

PRIVATE = "private, no-cache"


def attachment_response(path: str, filename: str) -> FileResponse:
    """Send a stored file as a download under this name; 404 if it is missing from the file store."""
    response = FileResponse(
        _open(path, filename), as_attachment=True, filename=filename, content_type="application/octet-stream"
    )
    return _guarded(response)


def thumbnail_response(dataset: Dataset) -> FileResponse:
    """Send the thumbnail of an image, which the browser may show."""
    return _guarded(FileResponse(_open(dataset.thumbnail_path, dataset.filename), content_type="image/png"))


def _open(path: str, filename: str) -> File:
    if not default_storage.exists(path):
        raise Http404(f"The file ‘{filename}’ is missing from the file store; restore it from a backup.")
    return default_storage.open(path)


def _guarded(response: FileResponse) -> FileResponse:
    """Keep browsers from guessing another content type, running the file as a page, or storing it."""
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = PRIVATE
    return response
