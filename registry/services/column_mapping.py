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
from registry.text.cleaning import name_key

MAX_LENGTH = 16_384
NAME_LENGTH, NUMBER_LENGTH = 120, 8


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


@transaction.atomic
def accept_suggested_mapping(suggested: ColumnMapping, *, by: Actor) -> ColumnMapping:
    """Save a suggested column mapping under a name that is free, or return the one of the project with its content."""
    require_permission(suggested, by)
    saved = list(ColumnMapping.objects.filter(project=suggested.project).order_by("pk"))
    same = next((item for item in saved if item.mapping == suggested.mapping), None)
    if same is not None:
        return same
    keys = {item.name_key for item in saved}
    base = suggested.name[: NAME_LENGTH - NUMBER_LENGTH]
    names = (base, *(f"{base} {number}" for number in range(2, len(keys) + 3)))
    suggested.name = next(name for name in names if name_key(name) not in keys)
    return save_column_mapping(suggested, by=by, reason="suggested from the file")


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
