"""`manage.py reparse`: reads files again with newer readers; raw files stay unchanged."""

import hashlib
from collections.abc import Callable, Iterator
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from registry import plugin_loading
from registry.contract.reader import PACKAGE_MISSING
from registry.models import AnalysisRun, ColumnMapping, Dataset, Measurement, Project
from registry.services.files.dataset import add_file
from registry.services.runs.analysis import run_analysis
from tests import factories
from tests.plugins.readers.samples import MPR

READER = """
import numpy as np
from registry.hookspecs import ParsedDataset, Reader, UnreadableFile, hookimpl


def read(path):
    numbers = np.array([float(line) for line in path.read_text().split()[1:]])
    {body}
    return tuple(ParsedDataset("cycling", {{"cycle_count": np.arange(1.0, 1 + len(part)),
        "cycle_discharging_capacity_ah": part * {factor}}}) for part in parts)


@hookimpl
def register_readers():
    return [Reader(
        name="lab-text", version="{version}", title="Lab text",
        recognises=lambda head, name: head.startswith(b"LAB"), read=read,
    )]
"""
ONE_PART = "parts = (numbers,)"
REFUSES = "raise UnreadableFile('unknown-table', 'line 2: unknown table')"


@pytest.fixture
def reader(settings: LazySettings, tmp_path: Path) -> Iterator[Callable[..., None]]:
    """Install a version of a reader for a lab's text format."""
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
    output = StringIO()
    call_command("reparse", *arguments, stdout=output)
    return output.getvalue()


def test_a_newer_reader_reads_a_failed_file(
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
    assert not [line for line in reparse().splitlines() if "run.txt" in line or "run.csv" in line]


def test_results_of_changed_data_become_stale(measurement: Measurement, reader: Callable[..., None]) -> None:
    reader("1")
    add(measurement)
    analysis = plugin_loading.current().analyses["capacity-retention"]
    run = run_analysis(measurement=measurement, analysis=analysis, by=None)
    assert "dataset.sha256" in run.inputs
    reader("2", factor=1000)
    assert "would" not in reparse("--dry-run")
    assert not AnalysisRun.objects.filter(stale_since__isnull=False).exists()
    assert "1 result " in reparse()
    assert AnalysisRun.objects.get(pk=run.pk).stale_since


def test_results_of_unchanged_data_stay_current(measurement: Measurement, reader: Callable[..., None]) -> None:
    reader("1")
    add(measurement)
    run_analysis(measurement=measurement, analysis=plugin_loading.current().analyses["capacity-retention"], by=None)
    reader("2")
    assert "same data" in reparse("--reader", "lab-text")
    assert Dataset.objects.get().reader_version == "2"
    assert not AnalysisRun.objects.filter(stale_since__isnull=False).exists()


def test_a_file_refused_by_a_newer_reader_keeps_its_data(measurement: Measurement, reader: Callable[..., None]) -> None:
    reader("1")
    add(measurement)
    reader("2", REFUSES)
    assert "lab-text 2. line 2: unknown table" in reparse()
    assert (Dataset.objects.get().status, Dataset.objects.get().reader_version) == ("parsed", "1")


def test_a_file_is_read_again_by_its_column_mapping(measurement: Measurement) -> None:
    mapping = factories.make_mapping(
        measurement.cell.project, mapping={"columns": {"n": "cycle", "q": "Discharge capacity / mAh"}}
    )
    file = BytesIO(b"n,q\n1,2.0\n2,1.9\n")
    add_file(measurement=measurement, file=file, filename="run.csv", mapping=mapping, by=None)
    assert not [line for line in reparse().splitlines() if "run.txt" in line or "run.csv" in line]
    changed = {"columns": {"n": "cycle", "q": "Discharge capacity / Ah"}}
    ColumnMapping.objects.update_untracked(mapping=changed)
    assert "run.csv: new data, declared-csv" in reparse()
    assert Dataset.objects.get().mapping_used == changed
    assert not [line for line in reparse().splitlines() if "run.txt" in line or "run.csv" in line]


def test_the_reader_sets_the_number_of_parts(measurement: Measurement, reader: Callable[..., None]) -> None:
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
    with pytest.raises(CommandError, match=r"‘declared-cvs’.*‘declared-csv’"):
        reparse("--reader", "declared-cvs")


def test_a_stored_file_is_read_once_its_package_is_installed(
    reader: Callable[..., None], measurement: Measurement, tmp_path: Path
) -> None:
    (stored,) = add_file(measurement=measurement, file=BytesIO(MPR), filename="run.mpr", by=None)
    assert stored.messages[0]["code"] == PACKAGE_MISSING
    reader("1.0", "parts = (np.array([2e-3, 1.9e-3]),)")
    module = tmp_path / "plugins" / "lab_text.py"
    module.write_text(
        module.read_text()
        .replace('b"LAB"', 'b"BIO-LOGIC MODULAR FILE"')
        .replace("    numbers = np.array([float(line) for line in path.read_text().split()[1:]])\n", "")
    )
    plugin_loading.load()
    reparse("--failed")
    stored.refresh_from_db()
    assert (stored.reader, stored.rows, stored.messages) == ("lab-text", 2, [])
