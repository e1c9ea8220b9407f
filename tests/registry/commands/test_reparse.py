"""`manage.py reparse`: what a better reader can now read, the raw bytes untouched."""

import hashlib
from collections.abc import Callable, Iterator
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from registry import plugin_loading
from registry.models import AnalysisRun, ColumnMapping, Dataset, Measurement, Project
from registry.services.files.dataset import add_file
from registry.services.runs.analysis import run_analysis
from tests import factories

READER = """
import numpy as np
from registry.hookspecs import Reader, Dataset, UnreadableFile, hookimpl


def read(path):
    numbers = np.array([float(line) for line in path.read_text().split()[1:]])
    {body}
    return tuple(Dataset("cycling", {{"cycle_count": np.arange(1.0, 1 + len(one)),
        "cycle_discharging_capacity_ah": one * {factor}}}) for one in parts)


@hookimpl
def register_readers():
    return [Reader("lab-text", "{version}", "Lab text", lambda head, name: head.startswith(b"LAB"), read)]
"""
ONE_PART = "parts = (numbers,)"
REFUSES = "raise UnreadableFile('line 2: this version knows no such table')"


@pytest.fixture
def reader(settings: LazySettings, tmp_path: Path) -> Iterator[Callable[..., None]]:
    """Install a version of the reader of a lab's own text format."""
    settings.REGISTRY_PLUGINS_DIR = str(tmp_path / "plugins")
    (tmp_path / "plugins").mkdir()

    def install(version: str, body: str = ONE_PART, factor: float = 1) -> None:
        code = READER.format(version=version, body=body, factor=factor)
        (tmp_path / "plugins" / "lab_text.py").write_text(code)
        plugin_loading.load()

    yield install
    settings.REGISTRY_PLUGINS_DIR = ""
    plugin_loading.load()


@pytest.fixture
def measurement(project: Project) -> Measurement:
    return factories.make_measurement(factories.make_cell(project), technique="cycling")


def add(measurement: Measurement) -> Dataset:
    file = BytesIO(b"LAB\n2e-3\n1.9e-3\n1.8e-3\n1.7e-3\n")
    return add_file(measurement=measurement, file=file, filename="run.txt", by=None)[0]


def reparse(*arguments: str) -> str:
    said = StringIO()
    call_command("reparse", *arguments, stdout=said)
    return said.getvalue()


def test_a_better_reader_reads_what_failed(
    measurement: Measurement, reader: Callable[..., None], settings: LazySettings
) -> None:
    reader("1", REFUSES)
    failed = add(measurement)
    raw = Path(settings.MEDIA_ROOT) / failed.raw_file.path
    before = hashlib.sha256(raw.read_bytes()).hexdigest(), raw.stat().st_mtime_ns
    reader("2")
    assert "run.txt: new data, lab-text 2." in reparse("--failed")
    dataset = Dataset.objects.get()
    assert (dataset.pk, dataset.status, dataset.rows, dataset.reader_version) == (failed.pk, "parsed", 4, "2")
    assert (hashlib.sha256(raw.read_bytes()).hexdigest(), raw.stat().st_mtime_ns) == before
    assert "Nothing to read again" in reparse()


def test_results_of_data_that_changed_become_stale(measurement: Measurement, reader: Callable[..., None]) -> None:
    reader("1")
    add(measurement)
    analysis = plugin_loading.current().analyses["capacity-retention"]
    run = run_analysis(measurement=measurement, analysis=analysis, by=None)
    assert "dataset.sha256" in run.inputs
    reader("2", factor=1000)
    assert "would" not in reparse("--dry-run")
    assert not AnalysisRun.objects.filter(stale_since__isnull=False).exists()
    assert "1 result is stale" in reparse()
    assert AnalysisRun.objects.get(pk=run.pk).stale_since


def test_the_same_data_read_again_leaves_results_fresh(measurement: Measurement, reader: Callable[..., None]) -> None:
    reader("1")
    add(measurement)
    run_analysis(measurement=measurement, analysis=plugin_loading.current().analyses["capacity-retention"], by=None)
    reader("2")
    assert "same data" in reparse("--reader", "lab-text")
    assert Dataset.objects.get().reader_version == "2"
    assert not AnalysisRun.objects.filter(stale_since__isnull=False).exists()


def test_what_a_worse_reader_refuses_is_kept(measurement: Measurement, reader: Callable[..., None]) -> None:
    reader("1")
    add(measurement)
    reader("2", REFUSES)
    assert "kept as it was, lab-text 2. line 2: this version knows" in reparse()
    assert (Dataset.objects.get().status, Dataset.objects.get().reader_version) == ("parsed", "1")


def test_a_file_is_read_again_by_its_column_mapping(measurement: Measurement) -> None:
    mapping = factories.make_mapping(
        measurement.cell.project, mapping={"columns": {"n": "cycle", "q": "Discharge capacity / mAh"}}
    )
    file = BytesIO(b"n,q\n1,2.0\n2,1.9\n")
    add_file(measurement=measurement, file=file, filename="run.csv", mapping=mapping, by=None)
    assert "Nothing to read again" in reparse()
    changed = {"columns": {"n": "cycle", "q": "Discharge capacity / Ah"}}
    ColumnMapping.objects.update_untracked(mapping=changed)
    assert "run.csv: new data, declared-csv" in reparse()
    assert Dataset.objects.get().mapping_used == changed
    assert "Nothing to read again" in reparse()


def test_parts_come_and_go_with_the_reader(measurement: Measurement, reader: Callable[..., None]) -> None:
    reader("1")
    add(measurement)
    reader("2", "parts = (numbers[:2], numbers[2:])")
    reparse()
    assert list(Dataset.objects.order_by("part").values_list("part", "rows")) == [(0, 2), (1, 2)]
    reader("3")
    reparse()
    assert list(Dataset.objects.values_list("part", "rows")) == [(0, 4)]


@pytest.mark.django_db
def test_an_unknown_reader_is_named() -> None:
    with pytest.raises(CommandError, match=r"There is no reader ‘declared-cvs’. Did you mean ‘declared-csv’?"):
        reparse("--reader", "declared-cvs")
