"""What of a process is looked after. What each change is called is tested where analyses make it."""

import math
import types

import pytest

from registry.apart.surroundings import Names, Surroundings, closely_watched


def test_what_nobody_touched_is_as_it_was() -> None:
    before, names = Surroundings.now(), Names([], closely_watched())
    assert Surroundings.now().changed(before) == ""
    assert names.replaced() == ""


def test_some_of_it_may_be_changed_by_importing_a_library(monkeypatch: pytest.MonkeyPatch) -> None:
    before = Surroundings.now()
    monkeypatch.setenv("KMP_INIT_AT_FORK", "FALSE")
    assert Surroundings.now().changed(before).startswith("changed the environment variable KMP_INIT_AT_FORK")
    assert Surroundings.now().changed(before, besides=["environment"]) == ""


def test_a_function_a_constant_a_method_and_a_table_are_watched() -> None:
    module = types.ModuleType("lab")
    code = "def f(): ...\nPI = 3\nclass C:\n  def m(self): ...\nTABLE = {1: 2}\n_private = 1"
    exec(code, vars(module))
    for change, told in (
        ("global f\nf = print", "replaced lab.f"),
        ("global PI\nPI = 4", "replaced lab.PI"),
        ("C.m = print", "replaced lab.C.m"),
        ("TABLE[1] = 3", "changed lab.TABLE"),
        ("global _private\n_private = 2", ""),
        ("global new\nnew = 2", ""),
    ):
        exec(code, vars(module))
        names = Names([], [module])
        exec(change, vars(module))
        assert names.replaced().startswith(told)
        assert bool(names.replaced()) is bool(told)


def test_of_other_modules_only_functions_and_classes_are_watched() -> None:
    module = types.ModuleType("lab")
    exec("def f(): ...\nPI = 3", vars(module))
    names = Names([module], [math])
    vars(module)["PI"] = 4
    assert names.replaced() == ""
    vars(module)["f"] = print
    assert names.replaced().startswith("replaced lab.f")
