"""Measurements a file can be added to, instead of a new one: their data, the next piece of their test, or a log."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from registry.contract.vocabulary import CONTINUATION
from registry.models import FileDraft, Measurement
from registry.plugin_loading.dataset_roles import OF_THE_TEST, list_dataset_roles, role_name, suits_role
from registry.plugin_loading.suitability import DataKind
from registry.selectors.analysis_inputs.dataset_in_use import get_dataset_in_use
from registry.selectors.files.file_draft import kinds_of


@dataclass(frozen=True)
class Target:
    """A measurement of the cell, and the role the file would have in it."""

    measurement: Measurement
    role: str = ""
    """Empty for its only data."""

    @property
    def key(self) -> str:
        return f"{self.measurement.pk}:{self.role}"

    @property
    def text(self) -> str:
        """Target of the file: `continuation of M-00034 rate test`."""
        names = {"": "data", CONTINUATION: "continuation"}
        return f"{names.get(self.role) or role_name(self.role).lower()} of {self.measurement}"


def list_targets(drafts: Sequence[FileDraft]) -> dict[int, list[Target]]:
    """The measurements each draft can be added to, by its primary key, in two queries."""
    by_cell: dict[int | None, list[Measurement]] = defaultdict(list)
    single = [draft for draft in drafts if len(draft.parts) == 1 and draft.cell_id]
    if single:
        measurements = Measurement.objects.filter(cell__in={draft.cell_id for draft in single})
        for measurement in measurements.prefetch_related("datasets").order_by("pk"):
            by_cell[measurement.cell_id].append(measurement)
    return {draft.pk: list(_targets(draft, by_cell[draft.cell_id])) for draft in single}


def _targets(draft: FileDraft, measurements: Sequence[Measurement]) -> Iterable[Target]:
    (kind,) = kinds_of(draft)
    for measurement in measurements:
        datasets = measurement.datasets.all()
        if any(dataset.raw_file_id == draft.raw_file_id for dataset in datasets):
            continue
        if kind.suits(measurement.technique):
            of_the_test = [dataset for dataset in datasets if dataset.role in OF_THE_TEST]
            if not of_the_test:
                yield Target(measurement)
            elif get_dataset_in_use(measurement).dataset:
                yield Target(measurement, CONTINUATION)
        yield from (Target(measurement, role) for role in _roles_of_logs(kind, measurement.technique))


def _roles_of_logs(kind: DataKind, technique: str) -> list[str]:
    """Roles, other than those of the test, whose columns the data have."""
    roles = list_dataset_roles(technique).values()
    return [
        role.slug for role in roles if role.slug not in OF_THE_TEST and role.columns and suits_role(kind.columns, role)
    ]
