"""Simulated cells and groups of them, which are listed only where they are asked for."""

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from registry.models import CellOrigin, GroupMember, SearchDocument, SearchKind
from registry.models.search_document import TokenQuery

OF_SIMULATED_CELL = Q(cell__origin=CellOrigin.SIMULATED)
"""Condition on records of a cell."""


def has_simulated_member() -> Exists:
    """Condition on groups that any of their cells is simulated."""
    return Exists(GroupMember.objects.filter(OF_SIMULATED_CELL, group=OuterRef("pk")))


def has_simulated_cells() -> bool:
    """Whether there are any simulated cells; if not, nobody needs to count them."""
    documents = SearchDocument.objects.filter(kind=SearchKind.CELL, is_simulated=True)
    if connection.vendor == "sqlite":
        documents = documents.filter(tokens__matches=TokenQuery((), (SearchKind.CELL,), simulated=True, limit=1))
    return bool(documents.exists())
