"""What changes the hash of the source of an analysis, and what does not."""

import importlib
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from registry import plugin_loading
from registry.plugin_loading.source_hash import SourceCode

FILES = {
    "lab/__init__.py": "from lab.settings import SCALE\n",
    "lab/settings.py": "SCALE = 2.0\n",
    "lab/plugin.py": '''
"""A plugin."""

from functools import partial

from lab import formula, settings as chosen
from lab.tables import FACTORS as BY_NAME, UNUSED
from analyses.cell.geometry import disc_area
from registry.hookspecs import Refused

OFFSET = 1.0


def run(inputs):
    """Docstring."""
    # Comment.
    from lab.late import correction

    if inputs is None:
        raise Refused("no-inputs", "no inputs: {hint}", hint="enter one")
    return OFFSET + formula.double(inputs) * BY_NAME["a"] + correction(chosen.SCALE) + disc_area(inputs)


def other(inputs):
    return "# no comment"


bound = partial(other, 1)
''',
    "lab/formula.py": "import math\n\ndef double(x):\n    return _twice(x)\n\ndef _twice(x):\n    return 2 * x\n",
    "lab/tables.py": "FACTORS = {'a': 1.0}\nUNUSED = 3\nFACTORS['b'] = 2.0\n",
    "lab/late.py": "def correction(x):\n    return x\n",
}
COUNTS = {
    "the function itself": ("lab/plugin.py", "OFFSET + formula", "OFFSET - formula"),
    "a constant it uses": ("lab/plugin.py", "OFFSET = 1.0", "OFFSET = 1.5"),
    "another module": ("lab/formula.py", "2 * x", "3 * x"),
    "what that uses in turn": ("lab/formula.py", "return _twice(x)", "return -_twice(x)"),
    "a table under another name": ("lab/tables.py", "'a': 1.0", "'a': 1.1"),
    "a change of that table": ("lab/tables.py", "FACTORS['b'] = 2.0", "FACTORS['a'] = 2.0"),
    "an import within a function": ("lab/late.py", "return x", "return x + 1"),
    "a module under another name": ("lab/settings.py", "2.0", "2.5"),
    "the code of a message": ("lab/plugin.py", "no-inputs", "missing-inputs"),
    "what a sentence names": ("lab/plugin.py", "{hint}", "{hint:>9}"),
    "where a name comes from": (
        "lab/plugin.py",
        "from lab.tables import FACTORS as",
        "from lab.tables import UNUSED as",
    ),
}
DOES_NOT_COUNT = {
    "a docstring": ("lab/plugin.py", "Docstring", "Another docstring"),
    "a comment": ("lab/plugin.py", "# Comment.", "# Another comment."),
    "the sentence of a message": ("lab/plugin.py", "no inputs: {hint}", "Enter the inputs: {hint}"),
    "the layout": ("lab/formula.py", "return 2 * x", "return (\n        2\n        * x\n    )"),
    "the order of functions": (
        "lab/formula.py",
        "def double(x):\n    return _twice(x)\n\ndef _twice(x):\n    return 2 * x\n",
        "def _twice(x):\n    return 2 * x\n\ndef double(x):\n    return _twice(x)\n",
    ),
    "blank lines": ("lab/plugin.py", "\n\n\n", "\n\n\n\n\n"),
    "another analysis of the file": ("lab/plugin.py", "# no comment", "# none"),
    "what is not used": ("lab/tables.py", "UNUSED = 3", "UNUSED = 4"),
}


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield tmp_path
    forget()


def forget() -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "lab"]:
        del sys.modules[name]
    importlib.invalidate_caches()


def load() -> ModuleType:
    forget()
    return importlib.import_module("lab.plugin")


def hash_of(name: str = "run") -> str:
    module = load()
    return SourceCode(["lab"]).hash_of(getattr(module, name), "lab.plugin")


def change(packages: Path, file: str, old: str, new: str) -> None:
    text = (packages / file).read_text()
    assert old in text
    (packages / file).write_text(text.replace(old, new))


@pytest.mark.parametrize("edit", COUNTS.values(), ids=COUNTS)
def test_what_it_computes_with_counts(packages: Path, edit: tuple[str, str, str]) -> None:
    before = hash_of()
    change(packages, *edit)
    assert hash_of() != before


@pytest.mark.parametrize("edit", DOES_NOT_COUNT.values(), ids=DOES_NOT_COUNT)
def test_what_it_does_not_compute_with_does_not(packages: Path, edit: tuple[str, str, str]) -> None:
    before = hash_of()
    change(packages, *edit)
    assert hash_of() == before


def test_text_is_not_taken_for_a_comment(packages: Path) -> None:
    before = hash_of("other")
    change(packages, "lab/plugin.py", "# no comment", "# none")
    assert hash_of("other") != before


def test_the_order_in_which_a_name_is_bound_counts(packages: Path) -> None:
    change(packages, "lab/settings.py", "SCALE = 2.0\n", "SCALE = 2.0\nSCALE = 3.0\n")
    before = hash_of()
    change(packages, "lab/settings.py", "SCALE = 2.0\nSCALE = 3.0\n", "SCALE = 3.0\nSCALE = 2.0\n")
    assert hash_of() != before


def test_a_plugin_that_may_read_a_sentence_keeps_its_sentences(packages: Path) -> None:
    change(packages, "lab/formula.py", "return 2 * x", "return 2 * x * len(str(x))")
    before = hash_of()
    change(packages, *DOES_NOT_COUNT["the sentence of a message"])
    assert hash_of() != before


@pytest.mark.parametrize("line", ["from lab.formula import *", "import lab.formula, lab.tables"])
def test_names_of_other_imports_are_followed(packages: Path, line: str) -> None:
    call = "double" if "*" in line else "lab.formula.double"
    change(packages, "lab/plugin.py", "from lab import formula, settings", f"{line}\nfrom lab import settings")
    change(packages, "lab/plugin.py", "formula.double(inputs)", f"{call}(inputs)")
    before = hash_of()
    change(packages, *COUNTS["another module"])
    assert hash_of() != before


def test_the_hash_of_an_earlier_version_is_still_that_of_the_source() -> None:
    plugins = plugin_loading.current()
    name = "ionic-conductivity"
    current, earlier = plugins.source_hash(name), plugins.source_hashes(name)[2]
    assert (len(current), len(earlier), current.startswith("2-")) == (64, 64, True)
    assert [plugins.has_source(name, text) for text in (current, earlier, "", "2-0", "0" * 64)] == [
        True, True, True, False, False,
    ]  # fmt: skip


def test_of_a_partial_function_the_whole_plugin_counts(packages: Path) -> None:
    before = hash_of("bound")
    change(packages, "lab/plugin.py", "partial(other, 1)", "partial(other, 2)")
    assert hash_of("bound") != before


def test_shared_numerics_count(packages: Path, tmp_path: Path) -> None:
    code = SourceCode(["lab"])
    module = load()
    assert any(
        text.startswith("analyses.cell.geometry: def disc_area") for text in code._texts([("lab.plugin", "run")])
    )
    assert not any("registry.contract.inputs" in text for text in code._texts([(module.__name__, "run")]))


def test_it_is_the_hash_of_what_was_read_when_it_was_loaded(packages: Path) -> None:
    module = load()
    code = SourceCode(["lab"])
    code.read()
    before = hash_of()
    change(packages, *COUNTS["another module"])
    assert code.hash_of(module.run, "lab.plugin") == before


def test_it_is_the_same_from_a_zip(packages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = hash_of()
    archive = shutil.make_archive(str(packages / "archive"), "zip", packages, "lab")
    shutil.rmtree(packages / "lab")
    monkeypatch.syspath_prepend(archive)
    assert hash_of() == before


def test_the_analyses_of_each_built_in_plugin_have_their_own() -> None:
    plugins = plugin_loading.current()
    hashes = {plugins.source_hash(name) for name in plugins.analyses}
    assert "" not in hashes
    functions = {(analysis.run.__module__, analysis.run.__qualname__) for analysis in plugins.analyses.values()}
    assert len(hashes) == len(functions)
    assert plugins.source_hash("no-such-analysis") == ""
