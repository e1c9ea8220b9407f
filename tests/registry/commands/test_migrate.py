"""`manage.py migrate` makes the data directory, for its owner alone, and says where it is."""

import stat
from io import StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import call_command


@pytest.mark.django_db
def test_makes_the_data_directory_and_says_where_it_is(tmp_path: Path, settings: LazySettings) -> None:
    settings.DATA_DIR = tmp_path / "new" / "data"
    output = StringIO()
    call_command("migrate", stdout=output)
    assert f"Data directory: {tmp_path}/new/data\n" in output.getvalue()
    assert stat.S_IMODE(settings.DATA_DIR.stat().st_mode) == 0o700
