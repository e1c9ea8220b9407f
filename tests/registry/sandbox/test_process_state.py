"""The process state compared by the import check and the conformance kit."""

import math
import os
import sys
import threading
import types
import warnings

import numpy as np
import pytest

from analyses.cell import geometry
from registry.sandbox.process_state import LIBRARIES_MAY_CHANGE, ProcessState, import_shared, scipy_packages

CODE = """
def f(): ...
PI = 3
class C:
    def m(self): ...
TABLE = {1: 2}
NESTED = {"a": ([1],)}
ARRAY = np.ones(2)
"""


@pytest.fixture
def shared_module(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """A module that counts as shared between analyses."""
    module = types.ModuleType("analyses.lab")
    vars(module)["np"] = np
    exec(CODE, vars(module))
    monkeypatch.setitem(sys.modules, "analyses.lab", module)
    return module


def test_untouched_process_has_no_change() -> None:
    import_shared()
    assert ProcessState.now().change() == ""


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ("global f\nf = print", "f"),
        ("global PI\nPI = 4", "PI"),
        ("del globals()['PI']", "PI"),
        ("global PI\nPI = np.ones(2)", "PI"),
        ("C.m = print", "C.m"),
        ("TABLE[1] = 3", "TABLE"),
        ("NESTED['a'][0].append(2)", "NESTED"),
        ("ARRAY[1] = 2", "ARRAY"),
    ],
)
def test_changed_name_of_a_shared_module_is_reported(shared_module: types.ModuleType, change: str, name: str) -> None:
    before = ProcessState.now()
    exec(change, vars(shared_module))
    assert before.change().startswith(f"changed analyses.lab.{name}, ")


def test_new_name_and_new_module_are_not_changes(shared_module: types.ModuleType) -> None:
    before = ProcessState.now()
    exec("global new\nnew = 2", vars(shared_module))
    sys.modules["analyses.lab2"] = types.ModuleType("analyses.lab2")
    assert before.change() == ""
    del sys.modules["analyses.lab2"]


def test_importing_a_library_may_change_the_environment_and_warnings(monkeypatch: pytest.MonkeyPatch) -> None:
    before = ProcessState.now()
    monkeypatch.setenv("KMP_INIT_AT_FORK", "FALSE")
    assert "KMP_INIT_AT_FORK" in before.change()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert before.change(allowed=LIBRARIES_MAY_CHANGE) == ""


def test_running_thread_is_reported_and_finished_thread_is_not() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    before = ProcessState.now()
    thread.start()
    during = ProcessState.now()
    assert before.change().startswith("left a thread running")
    done.set()
    thread.join()
    assert during.change() == ""


def test_settings_and_names_are_restored() -> None:
    before, directory, mean = ProcessState.now(), os.getcwd(), np.mean
    os.chdir("/")
    np.seterr(all="ignore")
    np.mean = np.median
    geometry.UM_PER_CM = 1.0
    before.restore()
    assert (os.getcwd(), np.mean, geometry.UM_PER_CM) == (directory, mean, 1e4)
    assert before.change() == ""


def test_only_packages_of_scipy_are_listed() -> None:
    import scipy.special

    assert "scipy.special" in scipy_packages()
    assert math.__name__ not in scipy_packages()
    assert all(name.count(".") == 1 for name in scipy_packages())
    assert scipy.special.__name__ in scipy_packages()
