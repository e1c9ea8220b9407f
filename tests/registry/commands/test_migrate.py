"""`manage.py migrate` creates the data directory, readable only by its owner, and prints its path."""

import stat
from io import StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import call_command


@pytest.mark.django_db
def test_creates_the_data_directory_and_prints_its_path(tmp_path: Path, settings: LazySettings) -> None:
    settings.DATA_DIR = tmp_path / "new" / "data"
    output = StringIO()
    call_command("migrate", stdout=output)
    assert f"Data directory: {tmp_path}/new/data\n" in output.getvalue()
    assert stat.S_IMODE(settings.DATA_DIR.stat().st_mode) == 0o700
