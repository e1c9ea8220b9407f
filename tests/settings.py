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
    DATABASES = {"default": database("sqlite://:memory:")}
    DATABASES["default"]["OPTIONS"] = {"transaction_mode": "IMMEDIATE"}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WHITENOISE_AUTOREFRESH = True
