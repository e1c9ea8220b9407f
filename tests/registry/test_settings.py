"""Settings from environment variables."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_an_empty_database_url_means_sqlite(tmp_path: Path) -> None:
    """A compose file passes an unset variable as an empty string."""
    environment = {**os.environ, "DATABASE_URL": "", "CELLAR_DATA_DIR": str(tmp_path)}
    program = "from registry.settings import DATABASES; print(DATABASES['default']['ENGINE'])"
    process = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert process.stdout.strip() == "django.db.backends.sqlite3", process.stderr
