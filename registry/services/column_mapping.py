"""Save column mappings and re-read the files that use them."""

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from registry.hookspecs import UnreadableFile
from registry.models import ColumnMapping, Dataset
from registry.selectors.column_mapping import list_mapping_readers
from registry.services.files.reading import queue_file
from registry.services.permissions import Actor, require_permission
from registry.services.record import save_record

MAX_LENGTH = 16_384


@transaction.atomic
def save_column_mapping(mapping: ColumnMapping, *, by: Actor, reason: str = "") -> ColumnMapping:
    """Save a column mapping after validating it; if its content changed, queue the files that use it for re-reading."""
    require_permission(mapping, by)
    validate_column_mapping(mapping.mapping)
    previous = ColumnMapping.objects.filter(pk=mapping.pk).values_list("mapping", flat=True).first()
    save_record(mapping, by=by, reason=reason)
    if previous is not None and previous != mapping.mapping:
        datasets = Dataset.objects.filter(mapping=mapping).select_related("measurement__cell__project").order_by("pk")
        # Files in projects the user cannot edit keep the data read with the previous mapping.
        editable = datasets if by is None else datasets.editable_by(by)
        for dataset in {(item.measurement_id, item.raw_file_id): item for item in editable}.values():
            queue_file(dataset, by=by, reason=f"the column mapping ‘{mapping}’ changed")
    return mapping


def validate_column_mapping(mapping: Any) -> None:
    """Raise ValidationError with the reason unless at least one reader accepts the mapping."""
    if not isinstance(mapping, dict):
        example = '{"columns": {"Time": "test_time_second", "U": "Voltage / V", "I": "Current / mA"}}'
        raise _invalid("mapping-not-an-object", f"The column mapping must be an object such as {example}.")
    if len(json.dumps(mapping)) > MAX_LENGTH:
        raise _invalid("mapping-too-long", f"The column mapping is longer than {MAX_LENGTH} characters: shorten it.")
    readers = list_mapping_readers()
    if not readers:
        raise _invalid("no-mapping-reader", "No installed reader supports column mappings.")
    refusals = []
    for reader in readers:
        try:
            if reader.check_mapping:
                reader.check_mapping(mapping)
        except UnreadableFile as error:
            refusals.append(error)
        else:
            return
    first = refusals[0]
    raise _invalid(first.code, f"{first.text[:1].upper()}{first.text[1:]}.")


def _invalid(code: str, text: str) -> ValidationError:
    return ValidationError({"mapping": ValidationError(text, code=code)})
