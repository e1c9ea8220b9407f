"""Roles of datasets in a measurement: those every measurement has, and those its technique and analyses declare."""

from collections.abc import Collection, Iterator

from registry.contract.builtin_vocabulary import BUILTIN_DATASET_ROLES
from registry.contract.vocabulary import CONTINUATION, MAIN, DatasetRole
from registry.plugin_loading.loading import current

OF_THE_TEST = ("", MAIN, CONTINUATION)
"""Roles of datasets that must match the technique of the measurement; empty where none is declared."""


def list_dataset_roles(technique: str) -> dict[str, DatasetRole]:
    """Return the roles that datasets of a measurement by this technique may have, by slug."""
    roles = {role.slug: role for role in BUILTIN_DATASET_ROLES}
    for role in _declared(technique):
        roles.setdefault(role.slug, role)
    return roles


def role_name(slug: str) -> str:
    """Return the name of a role; its slug in words if its plugin is not loaded."""
    known = {role.slug: role.name for role in (*BUILTIN_DATASET_ROLES, *_declared())}
    return known.get(slug, slug.replace("_", " "))


def suits_role(columns: Collection[str], role: DatasetRole) -> bool:
    """Return whether data with these columns can have a role."""
    return not role.columns or any(set(alternative) <= set(columns) for alternative in role.columns)


def _declared(technique: str = "") -> Iterator[DatasetRole]:
    """Roles declared by one technique and its analyses, or by all."""
    plugins = current()
    for item in plugins.techniques.values():
        if technique in ("", item.slug):
            yield from item.dataset_roles
    for analysis in plugins.analyses.values():
        if not technique or technique in analysis.techniques:
            yield from analysis.dataset_roles
