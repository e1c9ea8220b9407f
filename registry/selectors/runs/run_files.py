"""The raw files behind the numbers of a run."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from registry.models import AnalysisRun, Dataset
from registry.models.visibility import AnyUser

SHA256 = ".sha256"


@dataclass(frozen=True)
class RunFiles:
    """Datasets of raw files."""

    datasets: tuple[Dataset, ...]
    were_read: bool
    """Whether the run read them itself; otherwise they are those of its measurements, which earlier runs read."""


def list_run_files(run: AnalysisRun, user: AnyUser) -> RunFiles:
    """The datasets that a run read, by the hash of their columns; if it read none, those of its measurements."""
    visible = Dataset.objects.visible_to(user).filter(measurement__cell=run.cell_id)
    hashes = {stored for path, stored in run.inputs.items() if path.endswith(SHA256) and isinstance(stored, str)}
    of_run = visible.filter(Q(measurement=run.measurement_id) if run.measurement_id else Q())
    read = _with_files(of_run.filter(content_sha256__in=hashes)) if hashes else ()
    if read:
        return RunFiles(read, were_read=True)
    own = Q(measurement=run.measurement_id) if run.measurement_id else Q(measurement__refcode__in=_refcodes(run.inputs))
    return RunFiles(_with_files(visible.filter(own).exclude(content_sha256="")), were_read=False)


def _with_files(datasets: QuerySet[Dataset]) -> tuple[Dataset, ...]:
    return tuple(datasets.select_related("raw_file", "measurement").order_by("measurement", "pk"))


def _refcodes(paths: Iterable[str]) -> set[str]:
    """The measurements that a cell-level run looked at: `measurements.M-00012.temperature_degc`."""
    parts = (path.split(".") for path in paths if path.startswith("measurements."))
    return {names[1] for names in parts if len(names) > 2}
