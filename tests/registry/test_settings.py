"""What the environment may say."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_an_empty_database_address_means_sqlite(tmp_path: Path) -> None:
    """A compose file passes a variable that is not set as an empty one."""
    environment = {**os.environ, "DATABASE_URL": "", "CELLAR_DATA_DIR": str(tmp_path)}
    program = "from registry.settings import DATABASES; print(DATABASES['default']['ENGINE'])"
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.stdout.strip() == "django.db.backends.sqlite3", ended.stderr
