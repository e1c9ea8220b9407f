"""Column mappings: readers that support them, and mappings a project may use."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from registry import plugin_loading
from registry.contract.reader_support.mapping.column_mapping import parse_mapping
from registry.hookspecs import Reader, UnreadableFile
from registry.models import ColumnMapping, Dataset, ParseStatus, Project
from registry.selectors.files.file_head import MAX_LINES, FileHead


def list_mapping_readers() -> list[Reader]:
    """Readers that can read a file with a column mapping, highest priority first."""
    readers = plugin_loading.current().readers.values()
    return sorted((reader for reader in readers if reader.read_mapped), key=lambda reader: -reader.priority)


def list_mappable_columns() -> dict[str, str]:
    """Column names that a column mapping may assign, each with its unit."""
    return {name: unit for reader in list_mapping_readers() for name, unit in reader.mapped_columns.items()}


def may_need_mapping(dataset: Dataset) -> bool:
    """Whether a column mapping might help: no reader recognised the file, or one that supports mappings rejected it."""
    if dataset.status != ParseStatus.FAILED:
        return False
    mapping_readers = {reader.name for reader in list_mapping_readers()}
    return bool(mapping_readers) and dataset.reader in {"", *mapping_readers}


def list_usable_mappings(project: Project) -> list[ColumnMapping]:
    """Column mappings that files of a project may use: its own first, then those visible to everyone who sees it."""
    mappings = ColumnMapping.objects.select_related("project").order_by("name", "pk")
    usable = [mapping for mapping in mappings if mapping.project.shows_to_all_who_see(project)]
    return sorted(usable, key=lambda mapping: mapping.project_id != project.pk)


@dataclass(frozen=True)
class Suggestion:
    """A column mapping that a reader suggests for a file it refused, to be confirmed by a person."""

    mapping: dict[str, Any]
    reasons: list[dict[str, Any]]
    """For each column: `column`, `name`, `confidence` and `reason`, a coded remark."""

    @property
    def columns(self) -> list[tuple[str, str]]:
        """What each column is taken for, by its header, or counted from 1 if the table has none."""
        by_position = parse_mapping(self.mapping).by_position
        named = ((str(item["column"]), str(item["name"])) for item in self.reasons)
        return [(f"column {int(column) + 1}" if by_position else column, name) for column, name in named]


def suggestion_of(messages: Iterable[Mapping[str, Any]]) -> Suggestion | None:
    """The column mapping suggested by the messages of a dataset or a refusal; None if there is none."""
    for message in messages:
        mapping = message["parameters"].get("suggested_mapping")
        if isinstance(mapping, dict):
            return Suggestion(mapping, message["parameters"].get("suggested_because", []))
    return None


def fits(mapping: Mapping[str, Any], file_head: FileHead | None) -> bool:
    """Whether a file can have the columns that a column mapping names; a file that is not text may have any."""
    if file_head is None or (mapping.get("header_line") or 1) > MAX_LINES:
        return True
    try:
        mapped = parse_mapping(mapping)
    except UnreadableFile:
        return False
    if mapped.by_position:
        return all(int(column) < len(file_head.first_row) for column in mapped.headers)
    text = "\n".join((*file_head.lines, *file_head.headers))
    return all(any(header in text for header in headers) for headers in mapped.alternatives.values())


def draft_mapping(file_head: FileHead | None, suggestion: Suggestion | None = None) -> dict[str, Any]:
    """A column mapping for a file: the suggested one, or its headers, assigned where they are canonical names."""
    if suggestion is not None:
        return suggestion.mapping
    if file_head is None or not file_head.delimiter:
        return {"columns": {}}
    mappable = list_mappable_columns()
    columns = {header: header.casefold() if header.casefold() in mappable else "" for header, _ in file_head.columns}
    header_line = {"header_line": file_head.header_line} if file_head.header_line > 1 else {}
    return {"columns": columns, **header_line, "delimiter": file_head.delimiter}
