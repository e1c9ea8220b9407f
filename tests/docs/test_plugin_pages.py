"""The pages about plugins say what the contract says, no more and no less."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from registry import hookspecs
from registry.hookspecs import TECHNIQUES
from registry.testing import example_forms
from tests.docs.blocks import DOCS, blocks_of

PLUGINS = DOCS / "plugins"
PAGES = sorted(PLUGINS.rglob("*.md"))
HOOKS = sorted(name for name in vars(hookspecs) if name.startswith("register_"))
LINK = re.compile(r"\]\((?!https?://)(?P<path>[^)#\s]+)")


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_pages", PLUGINS / "make_pages.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MADE: dict[Path, str] = generator().pages()


@pytest.mark.parametrize("path", MADE, ids=lambda path: str(path.relative_to(DOCS)))
def test_a_page_is_what_the_contract_makes_it(path: Path) -> None:
    assert path.read_text() == MADE[path], "write it anew with `make docs`"


def test_every_hook_has_its_page_and_every_page_its_hook() -> None:
    assert sorted(path.stem for path in (PLUGINS / "hooks").iterdir()) == HOOKS


def test_every_hook_is_in_the_table_of_hooks() -> None:
    assert sorted(set(re.findall(r"^\| \[`(register_\w+)`\]", (PLUGINS / "README.md").read_text(), re.M))) == HOOKS


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(DOCS)))
def test_nothing_is_documented_that_is_no_hook(path: Path) -> None:
    assert set(re.findall(r"\bregister_\w+", path.read_text())) <= set(HOOKS)


@pytest.mark.parametrize("name", ["Inputs", "Layer", "Dataset"])
def test_all_one_may_call_of_what_an_analysis_is_given_is_on_its_page(name: str) -> None:
    page = (PLUGINS / "inputs.md").read_text()
    members = [member for member in vars(getattr(hookspecs, name)) if not member.startswith("_")]
    documented = re.findall(rf"(?:### `{name.lower()}\.|\| `)(\w+)", page)
    assert [member for member in members if member not in documented] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(DOCS)))
def test_links_lead_somewhere(path: Path) -> None:
    assert [link["path"] for link in LINK.finditer(path.read_text()) if not (path.parent / link["path"]).exists()] == []


def test_the_forms_of_the_example_inputs_are_listed() -> None:
    page = (PLUGINS / "testing.md").read_text()
    for technique in TECHNIQUES:
        forms = ", ".join(f"`{form}`" for form in example_forms(technique))
        assert f"| `{technique}` | {forms} |" in page


def test_what_the_page_on_testing_shows_comes_true() -> None:
    conftest, *blocks = [block for block in blocks_of(PLUGINS / "testing.md") if block.language == "python"]
    names: dict[str, object] = {}
    for block in blocks:
        exec(block.text, names)
    exec(conftest.text, names)
    assert names["pytest_plugins"] == ["registry.testing.pytest_plugin"]
