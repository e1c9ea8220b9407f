"""Settings of the suite: SQLite unless TEST_DATABASE_URL names another database; files in a directory of their own."""

import os
import tempfile

os.environ["CELLAR_DATA_DIR"] = tempfile.mkdtemp(prefix="cellar-tests-")
os.environ.setdefault("SECRET_KEY", "for the test suite alone")

from registry.settings import *  # noqa: F403
from registry.settings import database, env

if url := env.str("TEST_DATABASE_URL", default=""):
    DATABASES = {"default": database(url)}
else:
    # A file, as in use: the threads of a live server share the one connection of a database in memory.
    DATABASES = {"default": database(f"sqlite:///{DATA_DIR / 'cellar.sqlite3'}")}  # noqa: F405
    DATABASES["default"]["TEST"] = {"NAME": DATA_DIR / "test.sqlite3"}  # noqa: F405

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
WHITENOISE_AUTOREFRESH = True
