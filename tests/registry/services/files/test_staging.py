"""Cleaning removes what killed processes leave; files with a record and recent files are kept."""

import io
import os
import time
from pathlib import Path

import pytest
from django.conf import LazySettings

from registry.models import Project
from registry.services.files.dataset import add_file
from registry.services.files.staging import clean_files
from tests import factories

STEPS = b"Time / s,Voltage / V,Current / A\n0,0.1,0.01\n1,0.1,0.011\n"
DAY_SECONDS = 86_400


@pytest.fixture
def files(project: Project, settings: LazySettings) -> Path:
    """A stored dataset, an unfinished upload and an orphan, all a day old."""
    measurement = factories.make_measurement(factories.make_pellet(project), technique="chronoamperometry")
    add_file(measurement=measurement, file=io.BytesIO(STEPS), filename="steps.csv", by=None)
    root = Path(settings.MEDIA_ROOT)
    (root / "incoming" / "left" / "results").mkdir(parents=True)
    (root / "incoming" / "left" / "raw").write_bytes(b"half a fi")
    (root / "raw" / "ab").mkdir(exist_ok=True)
    (root / "raw" / "ab" / ("ab" * 32)).write_bytes(b"no row names me")
    for path in root.rglob("*"):
        os.utime(path, (time.time() - DAY_SECONDS,) * 2)
    return root


def count_files(root: Path) -> int:
    return sum(path.is_file() for path in root.rglob("*"))


@pytest.mark.django_db
def test_stored_files_are_readable_by_their_owner_only(project: Project, settings: LazySettings) -> None:
    measurement = factories.make_measurement(factories.make_pellet(project), technique="chronoamperometry")
    add_file(measurement=measurement, file=io.BytesIO(STEPS), filename="steps.csv", by=None)
    modes = [oct(path.stat().st_mode)[-3:] for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    assert modes == ["400", "400"]


def test_removes_only_files_without_a_record(files: Path) -> None:
    cleaned = clean_files()
    assert (cleaned.directories, cleaned.files, cleaned.bytes) == (1, 1, 9 + 15)
    assert count_files(files) == 2
    assert clean_files().files == 0


def test_dry_run_removes_nothing(files: Path) -> None:
    assert clean_files(dry_run=True).files == 1
    assert count_files(files) == 4


def test_recent_files_are_kept(files: Path) -> None:
    (files / "incoming" / "left" / "raw").touch()
    assert clean_files().directories == 0
