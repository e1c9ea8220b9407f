"""Saving column mappings, and having files read by them."""

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

LONGEST = 16_384


@transaction.atomic
def save_column_mapping(mapping: ColumnMapping, *, by: Actor, reason: str = "") -> ColumnMapping:
    """Save a column mapping that a reader takes; files that name it are read again if it says another thing now."""
    require_permission(mapping, by)
    validate_column_mapping(mapping.mapping)
    standing = ColumnMapping.objects.filter(pk=mapping.pk).values_list("mapping", flat=True).first()
    save_record(mapping, by=by, reason=reason)
    if standing is not None and standing != mapping.mapping:
        named = Dataset.objects.filter(mapping=mapping).select_related("measurement__cell__project").order_by("pk")
        # Files of projects that only use it stay as they are, with the mapping they were read by.
        mine = named if by is None else named.editable_by(by)
        for dataset in {(item.measurement_id, item.raw_file_id): item for item in mine}.values():
            queue_file(dataset, by=by, reason=f"the column mapping ‘{mapping}’ changed")
    return mapping


def validate_column_mapping(mapping: Any) -> None:
    """Raise ValidationError, naming what is wrong, unless some reader takes the mapping."""
    if not isinstance(mapping, dict):
        example = '{"columns": {"Time": "test_time_second", "U": "Voltage / V", "I": "Current / mA"}}'
        raise ValidationError({"mapping": f"A column mapping is an object such as {example}."})
    if len(json.dumps(mapping)) > LONGEST:
        raise ValidationError({"mapping": f"The column mapping is longer than {LONGEST} characters."})
    readers = list_mapping_readers()
    if not readers:
        raise ValidationError({"mapping": "No reader that takes column mappings is installed."})
    refusals = []
    for reader in readers:
        try:
            if reader.check_mapping:
                reader.check_mapping(mapping)
        except UnreadableFile as error:
            refusals.append(str(error))
        else:
            return
    raise ValidationError({"mapping": f"{refusals[0][:1].upper()}{refusals[0][1:]}."})
