"""Reads about column mappings: which readers take them, and which of them a project may use."""

from typing import Any

from registry import plugin_loading
from registry.hookspecs import Reader
from registry.models import ColumnMapping, Dataset, ParseStatus, Project
from registry.selectors.file_head import FileHead


def list_mapping_readers() -> list[Reader]:
    """Readers that read a file by a column mapping, the foremost first."""
    readers = plugin_loading.current().readers.values()
    return sorted((reader for reader in readers if reader.read_mapped), key=lambda one: -one.priority)


def list_mappable_columns() -> dict[str, str]:
    """Names that a column mapping may give, each with its unit."""
    return {name: unit for reader in list_mapping_readers() for name, unit in reader.mapped_columns.items()}


def may_need_mapping(dataset: Dataset) -> bool:
    """Whether a column mapping might make a file readable: no reader knew it, or one that takes mappings refused it."""
    if dataset.status != ParseStatus.FAILED:
        return False
    taking = {reader.name for reader in list_mapping_readers()}
    return bool(taking) and dataset.reader in {"", *taking}


def list_usable_mappings(project: Project) -> list[ColumnMapping]:
    """The column mappings that files of a project may name: its own, then those everybody who sees it may see."""
    every = ColumnMapping.objects.select_related("project").order_by("name", "pk")
    usable = [item for item in every if item.project.shows_to_all_who_see(project)]
    return sorted(usable, key=lambda one: one.project_id != project.pk)


def draft_mapping(beginning: FileHead | None) -> dict[str, Any]:
    """A column mapping for a file to be filled in: its heads, named where they are canonical names already."""
    if beginning is None or not beginning.delimiter:
        return {"columns": {}}
    known = list_mappable_columns()
    columns = {head: head.casefold() if head.casefold() in known else "" for head, _ in beginning.columns}
    header = {"header_line": beginning.header_line} if beginning.header_line > 1 else {}
    return {"columns": columns, **header, "delimiter": beginning.delimiter}
