"""Files attached to records, as downloads."""

from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from registry.file_responses import attachment_response
from registry.models import Attachment


@require_safe
def attachment_file(request: HttpRequest, pk: int) -> FileResponse:
    """Send the file as a download, never as a page of this site."""
    visible = Attachment.objects.visible_to(request.user).select_related("raw_file")
    attachment = get_object_or_404(visible, pk=pk)
    return attachment_response(attachment.raw_file.path, attachment.filename)
