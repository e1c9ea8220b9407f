"""Keep search documents in step with the records, within the transaction of each change.

Every save and deletion of a record is noticed, also those by a cascade. Within `collect_updates`, which the services
that save several rows use, each document is written once, at the end.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection, models, transaction
from django.db.models.signals import post_delete, post_save

from registry.models import (
    Attachment,
    Batch,
    Cell,
    CellGroup,
    Comment,
    Comparison,
    Condition,
    Dataset,
    Formulation,
    GroupMember,
    HardwareSetup,
    Ingredient,
    Layer,
    Material,
    Measurement,
    MeasurementTag,
    Project,
    Publication,
    SearchDocument,
    SearchKind,
    Synonym,
    Tag,
)
from registry.models.search_document import document_pk
from registry.services.search import cell_documents, record_documents
from registry.services.search.writing import store_documents

Changes = set[tuple[type[models.Model], int]]
Documents = dict[str, set[int]]

CHUNK = 500
BUILDERS: dict[str, tuple[Any, Callable[[Sequence[int]], list[SearchDocument]]]] = {
    SearchKind.CELL: (Cell, cell_documents.build_cell_documents),
    SearchKind.MEASUREMENT: (Measurement, cell_documents.build_measurement_documents),
    SearchKind.MATERIAL: (Material, record_documents.build_material_documents),
    SearchKind.FORMULATION: (Formulation, record_documents.build_formulation_documents),
    SearchKind.PUBLICATION: (Publication, record_documents.build_publication_documents),
    SearchKind.FILE: (Dataset, cell_documents.build_file_documents),
    SearchKind.ATTACHMENT: (Attachment, cell_documents.build_attachment_documents),
    SearchKind.SETUP: (HardwareSetup, record_documents.build_setup_documents),
    SearchKind.GROUP: (CellGroup, record_documents.build_group_documents),
    SearchKind.TABLE: (Comparison, record_documents.build_table_documents),
    SearchKind.PROJECT: (Project, record_documents.build_project_documents),
}
"""The records of each kind, and what describes them."""
PARTS: dict[type[models.Model], tuple[type[models.Model], str]] = {
    Layer: (Cell, "cell_id"),
    Tag: (Cell, "cell_id"),
    Comment: (Cell, "cell_id"),
    Condition: (Measurement, "measurement_id"),
    MeasurementTag: (Measurement, "measurement_id"),
    Synonym: (Material, "material_id"),
    Batch: (Material, "material_id"),
    Ingredient: (Formulation, "formulation_id"),
    GroupMember: (CellGroup, "group_id"),
}
"""Rows that are part of a record, which is rewritten with them."""

_collected: ContextVar[Changes | None] = ContextVar("collected", default=None)


@contextmanager
def collect_updates() -> Iterator[None]:
    """Write the documents of all records that change in the block once, at its end."""
    if _collected.get() is not None:
        yield
        return
    changes: Changes = set()
    token = _collected.set(changes)
    try:
        yield
    finally:
        _collected.reset(token)
    write_changes(changes)


def connect() -> None:
    """Notice every save and deletion of a record that has a document, or is part of one that has."""
    for model in (*(model for model, _ in BUILDERS.values()), *PARTS):
        post_save.connect(_notice, sender=model, dispatch_uid=f"search-{model.__name__}")
        post_delete.connect(_notice, sender=model, dispatch_uid=f"search-{model.__name__}")


def _notice(sender: Any, instance: Any, raw: bool = False, created: bool | None = None, **kwargs: Any) -> None:
    """Note what changed. A file keeps its name while it is read, so that only a new or deleted dataset counts."""
    if raw or (sender is Dataset and created is False):
        return
    model, field = PARTS.get(sender, (sender, "pk"))
    changes: Changes = {(model, getattr(instance, field))}
    if sender is Dataset:
        of_file = Dataset.objects.filter(measurement=instance.measurement_id, raw_file=instance.raw_file_id)
        changes |= {(Dataset, pk) for pk in of_file.values_list("pk", flat=True)}
    if sender is Measurement and created is None:
        # Its cell cannot be told from its primary key any more.
        changes.add((Cell, instance.cell_id))
    if (collected := _collected.get()) is not None:
        collected |= changes
    else:
        write_changes(changes)


def write_changes(changes: Changes) -> None:
    """Write or delete the documents of these records and of all that are found by their names."""
    if not changes:
        return
    by_model: dict[type[models.Model], set[int]] = defaultdict(set)
    for model, pk in changes:
        by_model[model].add(pk)
    documents = _list_affected(by_model)
    with transaction.atomic():
        for kind, pks in documents.items():
            for chunk in _chunks(sorted(pks)):
                write_documents(kind, chunk)


def write_documents(kind: str, pks: Sequence[int]) -> None:
    """Write the documents of these records, and delete those of records that do not exist (any more)."""
    _, build = BUILDERS[kind]
    written = SearchDocument.objects.filter(kind=kind, record__in=pks)
    if connection.features.has_select_for_update:
        # Otherwise two simultaneous changes could each describe the record without the other.
        list(written.select_for_update().order_by("pk").values_list("pk", flat=True))
    documents = build(pks)
    if gone := set(pks) - {document.record for document in documents}:
        written.filter(record__in=gone).delete()
    store_documents(documents)


def _list_affected(changed: dict[type[models.Model], set[int]]) -> Documents:
    """The records of each kind whose documents contain names of the changed ones."""
    documents: Documents = {kind: set(changed.get(model, ())) for kind, (model, _) in BUILDERS.items()}
    materials = _with_variants(documents[SearchKind.MATERIAL])
    documents[SearchKind.MATERIAL] |= materials
    if materials:
        documents[SearchKind.FORMULATION] |= _pks(Ingredient, "formulation", material__in=materials)
    cells = documents[SearchKind.CELL] | _pks(Layer, "cell", material__in=materials)
    cells |= _pks(Layer, "cell", formulation__in=documents[SearchKind.FORMULATION])
    cells |= _pks(Cell, "pk", publication__in=documents[SearchKind.PUBLICATION])
    measurements = documents[SearchKind.MEASUREMENT] | _pks(Measurement, "pk", cell__in=cells)
    measurements |= _pks(Measurement, "pk", setup__in=documents[SearchKind.SETUP])
    documents[SearchKind.FILE] |= _pks(Dataset, "pk", measurement__in=measurements)
    documents[SearchKind.ATTACHMENT] |= (
        _pks(Attachment, "pk", cell__in=cells)
        | _pks(Attachment, "pk", measurement__in=measurements)
        | _pks(Attachment, "pk", material__in=documents[SearchKind.MATERIAL])
        | _pks(Attachment, "pk", setup__in=documents[SearchKind.SETUP])
    )
    # The groups of a cell say whether one of theirs is simulated.
    documents[SearchKind.GROUP] |= _pks(GroupMember, "group", cell__in=documents[SearchKind.CELL])
    cells |= _cells_of(documents[SearchKind.MEASUREMENT])
    documents[SearchKind.CELL], documents[SearchKind.MEASUREMENT] = cells, measurements
    return documents


def _cells_of(measurements: set[int]) -> set[int]:
    """The cells of these measurements, and those they belonged to when their documents were written."""
    if not measurements:
        return set()
    targets = SearchDocument.objects.filter(kind=SearchKind.MEASUREMENT, record__in=measurements)
    earlier = {target.split()[1] for target in targets.values_list("target", flat=True)}
    return _pks(Measurement, "cell", pk__in=measurements) | set(
        Cell.objects.filter(refcode__in=earlier).values_list("pk", flat=True)
    )


def _with_variants(materials: set[int]) -> set[int]:
    """These materials, their variants and the variants of those."""
    known, newest = set(materials), set(materials)
    while newest:
        newest = _pks(Material, "pk", variant_of__in=newest) - known
        known |= newest
    return known


def _pks(model: Any, column: str, **condition: set[int]) -> set[int]:
    """Primary keys of the rows of which a column has one of these values; none, and no query, for no values."""
    ((name, values),) = condition.items()
    pks: set[int] = set()
    for chunk in _chunks(sorted(values)):
        pks.update(model.objects.filter(**{name: chunk}).values_list(column, flat=True))
    return pks


def _chunks(pks: Sequence[int]) -> Iterable[Sequence[int]]:
    return (pks[start : start + CHUNK] for start in range(0, len(pks), CHUNK))


def rebuild_documents() -> dict[str, int]:
    """Write the documents of all records anew; return how many there are of each kind."""
    counts = {}
    with transaction.atomic():
        SearchDocument.objects.all().delete()
        for kind, (model, _) in BUILDERS.items():
            pks = list(model.objects.order_by("pk").values_list("pk", flat=True))
            for chunk in _chunks(pks):
                write_documents(kind, chunk)
            counts[str(kind)] = SearchDocument.objects.filter(kind=kind).count()
    return counts


def fill_if_empty(**kwargs: Any) -> None:
    """After a migration: write all documents if there are none, as in a database from before there were any."""
    tables = connection.introspection.table_names()
    if SearchDocument._meta.db_table not in tables or Project._meta.db_table not in tables:
        return
    last = SearchDocument.objects.order_by("pk").last()
    is_filled = last is not None and last.pk == document_pk(last.kind, last.record)
    if not is_filled and Project.objects.exists():
        rebuild_documents()
