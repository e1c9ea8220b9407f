"""Attach files to records: stored unchanged next to the raw files of datasets, under their SHA-256."""

from typing import IO

from django.db import transaction

from registry.models import Attachment, RawFile
from registry.models.attachment import OWNER_FIELDS, Owner
from registry.models.project import owning_project
from registry.services.files.dataset import base_filename
from registry.services.files.staging import stage
from registry.services.permissions import Actor, require_editor
from registry.services.record import save_record


def attach_file(*, owner: Owner, file: IO[bytes], filename: str, description: str = "", by: Actor) -> Attachment:
    """Store a file and attach it to a record; the same file again gives the existing attachment."""
    require_editor(owning_project(owner), by)
    with stage(file) as staged:
        staged.store_raw()
        with transaction.atomic():
            raw_file, _ = RawFile.objects.get_or_create(sha256=staged.sha256, defaults={"size": staged.size})
            return attach_stored(owner=owner, raw_file=raw_file, filename=filename, description=description, by=by)


def attach_stored(*, owner: Owner, raw_file: RawFile, filename: str, description: str = "", by: Actor) -> Attachment:
    """Attach a file that is stored already to a record, within the transaction of the caller."""
    project = owning_project(owner)
    require_editor(project, by)
    link = {OWNER_FIELDS[type(owner)]: owner}
    existing: Attachment | None = Attachment.objects.filter(raw_file=raw_file, **link).first()
    if existing:
        return existing
    attachment = Attachment(
        project=project,
        raw_file=raw_file,
        filename=base_filename(filename),
        description=description,
        created_by=by,
        **link,
    )
    return save_record(attachment, by=by)
