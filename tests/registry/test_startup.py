"""What a starting process does not load."""

import subprocess
import sys

HEAVY = {"pandas", "pyarrow", "scipy", "pint", "xlsxwriter", "polars", "markdown_it"}


def test_the_web_server_starts_without_the_libraries_that_only_some_requests_need() -> None:
    code = "import django; django.setup(); import registry.urls, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert HEAVY & set(loaded) == set()
