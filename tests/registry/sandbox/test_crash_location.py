"""Where a process crashed, and the end of its output."""

import sysconfig
from pathlib import Path

from registry.sandbox.crash_location import LAST_OUTPUT_BYTES, OUTPUT, crash_line, last_output

LIBRARY = f'  File "{sysconfig.get_path("stdlib")}/ctypes/__init__.py", line 519 in string_at\n'
PLUGIN = '  File "/lab/resistance.py", line 12 in run\n'


def test_crash_line_is_the_innermost_outside_libraries() -> None:
    outer = '  File "/lab/outer.py", line 3 in call\n'
    assert crash_line(f"Fatal Python error\n{LIBRARY}{PLUGIN}{outer}") == " at resistance.py:12"
    assert crash_line(LIBRARY) == " at __init__.py:519"
    assert crash_line("killed") == ""


def test_output_end_omits_the_list_of_modules(tmp_path: Path) -> None:
    assert last_output(tmp_path) == ""
    (tmp_path / OUTPUT).write_text("x" * LAST_OUTPUT_BYTES + "the end\nExtension modules: numpy")
    assert last_output(tmp_path).endswith("the end")
    assert len(last_output(tmp_path)) < LAST_OUTPUT_BYTES
