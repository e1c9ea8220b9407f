"""Which conditions of a query must hold on one measurement, and which combine on the cell.

Quantities that one technique gives, such as retention and number of cycles, must be of the same measurement. Those of
different techniques, such as retention and conductivity, combine on the cell, each on a measurement of its own that
meets the test conditions of the query.
"""

from collections.abc import Collection
from dataclasses import replace

from registry import plugin_loading
from registry.numbers import catalogue
from registry.selectors.query.parsing import ListQuery


def split_by_technique(query: ListQuery) -> list[ListQuery]:
    """The query once for each group of quantities that must be of one measurement."""
    absent = {bound.slug for bound in query.value_bounds if bound.asks_for_none}
    measured = [slug for slug in query.quantities if slug not in absent and not _is_per_cell(slug)]
    groups = _group(measured)
    if len(groups) < 2:
        return [query]
    return [_only(query, {*group, *absent, *(set(query.quantities) - set(measured))}) for group in groups]


def _only(query: ListQuery, slugs: Collection[str]) -> ListQuery:
    return replace(query, value_bounds=tuple(bound for bound in query.value_bounds if bound.slug in slugs))


def _group(slugs: Collection[str]) -> list[set[str]]:
    """Quantities that share a technique, directly or through others; one of unknown technique belongs to all."""
    techniques = {slug: _techniques(slug) for slug in slugs}
    if not all(techniques.values()):
        return [set(slugs)]
    groups: list[tuple[set[str], set[str]]] = []
    for slug in slugs:
        shared = [group for group in groups if group[1] & techniques[slug]]
        groups = [group for group in groups if group not in shared]
        members, known = {slug}, set(techniques[slug])
        for other_members, other_known in shared:
            members |= other_members
            known |= other_known
        groups.append((members, known))
    return [members for members, _ in groups]


def _techniques(slug: str) -> set[str]:
    """Techniques of the analyses that compute a quantity."""
    analyses = plugin_loading.current().analyses.values()
    return {technique for analysis in analyses if slug in analysis.outputs for technique in analysis.techniques}


def _is_per_cell(slug: str) -> bool:
    return slug in catalogue.catalogue and catalogue.get(slug).per_cell
