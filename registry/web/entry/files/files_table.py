"""The table of files to confirm, in a constant number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from registry.models import Cell, ColumnMapping, FileDraft
from registry.models.visibility import AnyUser
from registry.selectors.column_mapping import fits
from registry.selectors.files.file_draft import list_drafts, list_same_files
from registry.selectors.files.file_draft_target import list_targets
from registry.selectors.files.file_head import read_file_head
from registry.services.drafts.draft import KEPT
from registry.web.entry.files.files_form import OF_ALL
from registry.web.entry.files.files_row import DraftRow


@dataclass(frozen=True)
class DraftTable:
    """The files a user has to confirm; on the page of a cell, those for it."""

    rows: list[DraftRow]
    cell: Cell | None = None
    error: str = ""
    """Why the cell of all files that are ticked was not set."""

    @property
    def ready(self) -> int:
        """How many are ticked and ready to be saved."""
        return sum(row.is_ready and row.draft.is_selected for row in self.rows)

    @property
    def is_reading(self) -> bool:
        return any(not row.draft.is_read for row in self.rows)

    @property
    def lacks_cells(self) -> bool:
        """Whether several files have no cell."""
        return sum(row.draft.cell is None for row in self.rows) > 1

    @property
    def dropped_at(self) -> datetime | None:
        """When the oldest file came."""
        return min((row.draft.created_at for row in self.rows), default=None)

    @property
    def days_kept(self) -> int:
        return KEPT.days

    @property
    def upload_url(self) -> str:
        return reverse("web:cell-files", args=[self.cell.refcode]) if self.cell else reverse("web:files")


def get_table(user: AnyUser, cell: Cell | None = None, errors: Mapping[int, str] | None = None) -> DraftTable:
    """The table of a user, with a cell that of its page."""
    return build_table(list_drafts(user, cell), user, cell, errors)


def build_table(
    drafts: Sequence[FileDraft], user: AnyUser, cell: Cell | None = None, errors: Mapping[int, str] | None = None
) -> DraftTable:
    """The table of these drafts, with what was entered wrongly by their primary keys."""
    same_files = list_same_files(drafts, user)
    mappings = _list_mappings(drafts, user)
    targets = list_targets(drafts)
    rows = [
        DraftRow(
            draft,
            same_files[draft.pk],
            _usable(mappings, draft),
            targets.get(draft.pk, ()),
            (errors or {}).get(draft.pk, ""),
        )
        for draft in drafts
    ]
    return DraftTable(rows, cell, (errors or {}).get(OF_ALL, ""))


def _list_mappings(drafts: Sequence[FileDraft], user: AnyUser) -> list[ColumnMapping]:
    if not any(draft.refusal for draft in drafts):
        return []
    visible: Any = ColumnMapping.objects.visible_to(user)
    return list(visible.select_related("project").order_by("name", "pk"))


def _usable(mappings: Sequence[ColumnMapping], draft: FileDraft) -> list[ColumnMapping]:
    """The mappings that fit a file that was refused, of projects that everyone who sees the cell can see."""
    if draft.cell is None or not draft.refusal:
        return []
    usable = [mapping for mapping in mappings if mapping.project.shows_to_all_who_see(draft.cell.project)]
    file_head = read_file_head(draft.raw_file) if usable else None
    return [mapping for mapping in usable if fits(mapping.mapping, file_head)]
