"""Roles of datasets in a measurement with several: declared by a person, never guessed."""

from django.core.exceptions import ValidationError
from django.db import transaction

from registry.models import Dataset, Measurement
from registry.models.project import owning_project
from registry.plugin_loading.dataset_roles import OF_THE_TEST
from registry.plugin_loading.suitability import misfit
from registry.selectors.files.dataset_role import get_order, role_mismatch, unknown_role
from registry.services.files.dataset import save_dataset
from registry.services.permissions import Actor, require_editor
from registry.services.runs.queue import update_results
from registry.services.staleness import staleness


@transaction.atomic
def declare_role(dataset: Dataset, *, role: str, order: int | None = None, by: Actor) -> Dataset:
    """Set the role of a dataset, and its position among those of the same role (the next one if it is None).

    An empty role withdraws the declaration. Results that read the dataset become stale.
    """
    require_editor(owning_project(dataset), by)
    staleness.lock_cell_of(dataset.measurement_id)
    check_role(dataset.measurement, role)
    _check_data(dataset, role)
    if order is None and role == dataset.role:
        return dataset
    dataset.role, dataset.order = role, get_order(dataset.measurement, role, order, except_for=dataset.pk)
    save_dataset(dataset, by=by, reason=f"declared as {role}" if role else "role withdrawn")
    update_results([dataset.measurement.cell], by=by)
    return dataset


def check_role(measurement: Measurement, role: str) -> None:
    """Raise ValidationError for a role that neither the technique nor one of its analyses declares."""
    if refusal := unknown_role(measurement.technique, role):
        raise ValidationError({"role": ValidationError(refusal, code="unknown-role")})


def _check_data(dataset: Dataset, role: str) -> None:
    """Raise ValidationError if the data of a dataset, once it is read, cannot have this role."""
    if not dataset.holds_data or not role:
        return
    technique = dataset.measurement.technique
    if role in OF_THE_TEST and not dataset.suits(technique):
        mismatch = misfit(f"‘{dataset}’", [dataset], technique)
        raise ValidationError({"role": ValidationError(mismatch.text, code=mismatch.code)})
    if refusal := role_mismatch(dataset.columns, technique, role):
        raise ValidationError({"role": ValidationError(refusal.text, code=refusal.code)})
