"""Simulated cells and groups of them, which are listed only where they are asked for."""

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from registry.models import Cell, CellOrigin, GroupMember, SearchDocument, SearchKind
from registry.models.search_document import TokenQuery

OF_SIMULATED_CELL = Q(cell__origin=CellOrigin.SIMULATED)
"""Condition on records of a cell."""


def has_simulated_member() -> Exists:
    """Condition on groups that any of their cells is simulated."""
    return Exists(GroupMember.objects.filter(OF_SIMULATED_CELL, group=OuterRef("pk")))


def has_simulated_cells() -> bool:
    """Whether there are any simulated cells; if not, nobody needs to count them.

    PostgreSQL answers by the partial index of cells, which SQLite cannot use for a value that is bound to the query.
    """
    if connection.vendor != "sqlite":
        return bool(Cell.objects.filter(origin=CellOrigin.SIMULATED).exists())
    query = TokenQuery((), (SearchKind.CELL,), simulated=True, limit=1)
    documents = SearchDocument.objects.filter(kind=SearchKind.CELL, is_simulated=True, tokens__matches=query)
    return bool(documents.exists())
