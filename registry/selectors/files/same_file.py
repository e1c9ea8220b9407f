"""Other measurements that have the same file: the right one twice, or a file of another cell by mistake."""

from collections.abc import Collection

from registry.models import Dataset, Measurement
from registry.models.visibility import AnyUser


def list_with_same_file(datasets: Collection[Dataset], user: AnyUser | None) -> dict[int, list[Measurement]]:
    """The other measurements with the same part of the same file, by the primary key of the dataset.

    Only those the user may see; without a `user` (command line), all. Not listed are measurements of the same cell by
    another technique, since a file may hold the data of both, and parts of a file that was split over several.
    """
    files = {dataset.raw_file_id for dataset in datasets}
    if not files:
        return {}
    visible = Dataset.objects.all() if user is None else Dataset.objects.visible_to(user)
    same = visible.filter(raw_file__in=files).select_related("measurement__cell").order_by("measurement__refcode", "pk")
    own = {dataset.pk: dataset for dataset in same}
    return {
        dataset.pk: others
        for dataset in datasets
        if (
            others := [other.measurement for other in own.values() if _is_the_same(other, own.get(dataset.pk, dataset))]
        )
    }


def _is_the_same(other: Dataset, dataset: Dataset) -> bool:
    """Whether the two hold the same data and are of two measurements that should not."""
    if (other.raw_file_id, other.part) != (dataset.raw_file_id, dataset.part):
        return False
    of, its = other.measurement, dataset.measurement
    return of.pk != its.pk and (of.cell_id != its.cell_id or of.technique == its.technique)
