"""What of a process is looked after. What each change is called is tested where analyses make it."""

import ast
import importlib
import math
import types
from pathlib import Path

import pytest

from registry.apart.names import Names, closely_watched, names_now, watched
from registry.apart.surroundings import Surroundings

ROOT = Path(__file__).parents[3]


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
    code += "\nNESTED = {'a': ([1],)}\nimport numpy as np\nARRAY = np.ones(2)"
    exec(code, vars(module))
    for change, told in (
        ("global f\nf = print", "replaced lab.f"),
        ("global PI\nPI = 4", "changed lab.PI"),
        ("C.m = print", "replaced lab.C.m"),
        ("TABLE[1] = 3", "changed lab.TABLE"),
        ("global _private\n_private = 2", "changed lab._private"),
        ("del globals()['PI']", "changed lab.PI"),
        ("global PI\nPI = np.ones(2)", "changed lab.PI"),
        ("NESTED['a'][0].append(2)", "changed lab.NESTED"),
        ("ARRAY[1] = 2", "changed lab.ARRAY"),
        ("global new\nnew = 2", ""),
    ):
        exec(code, vars(module))
        names = Names([], [module])
        exec(change, vars(module))
        found = names.replaced()
        assert found.startswith(told)
        assert bool(found) is bool(told)
        names.put_back()
        assert names.replaced() == "" or "lab.C.m" in told


def test_of_other_modules_only_functions_and_classes_are_watched() -> None:
    module = types.ModuleType("lab")
    exec("def f(): ...\nPI = 3", vars(module))
    names = Names([module], [math])
    vars(module)["PI"] = 4
    assert names.replaced() == ""
    vars(module)["f"] = print
    assert names.replaced().startswith("replaced lab.f")


def test_all_of_scipy_that_analyses_and_plugins_use_is_watched_once_it_is_imported() -> None:
    used = set()
    for path in (*ROOT.glob("analyses/**/*.py"), *ROOT.glob("plugins/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("scipy"):
                used |= {(node.module, one.name) for one in node.names}
            assert not isinstance(node, ast.Import) or not any(one.name.startswith("scipy") for one in node.names)
    assert ("scipy.stats", "theilslopes") in used
    modules = [importlib.import_module(str(name)) for name, _ in used]
    names = names_now()
    assert set(modules) <= set(watched())
    assert used <= {(place, name) for place, _, meanings in names.watched for name in meanings}
