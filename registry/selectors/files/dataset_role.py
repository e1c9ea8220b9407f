"""Whether a dataset can have a role in its measurement, and its position among those of the same role."""

from collections.abc import Collection

from registry.contract.outcome import Message
from registry.contract.vocabulary import MAIN
from registry.models import Measurement
from registry.plugin_loading.dataset_roles import list_dataset_roles, suits_role


def unknown_role(technique: str, role: str) -> str:
    """Why measurements by this technique have no such role; empty if they have, or if none is given."""
    known = list_dataset_roles(technique)
    return f"Unknown role ‘{role}’: use {', '.join(known)}." if role and role not in known else ""


def role_mismatch(columns: Collection[str], technique: str, role: str) -> Message | None:
    """Why data with these columns cannot have this role; None if they can, or if its plugin is not loaded."""
    descriptor = list_dataset_roles(technique).get(role)
    if descriptor is None or suits_role(columns, descriptor):
        return None
    return Message(
        "role-mismatch",
        "The data do not fit the role {role}: it needs the columns {needed}, but the data have {has}.",
        "warning",
        role=descriptor.name.lower(),
        needed=" or ".join(", ".join(sorted(alternative)) for alternative in descriptor.columns),
        has=", ".join(columns) or "an image",
    )


def get_order(measurement: Measurement, role: str, order: int | None, *, except_for: int | None = None) -> int | None:
    """The position of a dataset with this role: as given, or the next one; there is one main dataset."""
    if not role:
        return None
    if role == MAIN:
        return 1
    if order is not None:
        return order
    others = measurement.datasets.filter(role=role).exclude(pk=except_for)
    return max(others.values_list("order", flat=True), default=0) + 1
