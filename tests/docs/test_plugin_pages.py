"""The pages about plugins agree with the contract."""

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from registry import hookspecs
from registry.contract.builtin_vocabulary import BUILTIN_TECHNIQUES
from registry.testing import example_forms
from tests.docs.blocks import DOCS, blocks_of

PLUGINS = DOCS / "plugins"
PAGES = sorted(PLUGINS.rglob("*.md"))
HOOKS = sorted(name for name in vars(hookspecs) if name.startswith("register_"))
LINK = re.compile(r"\]\((?!https?://)(?P<path>[^)#\s]+)")


def generator() -> ModuleType:
    sys.path.insert(0, str(PLUGINS))
    spec = importlib.util.spec_from_file_location("make_pages", PLUGINS / "make_pages.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_pages_are_up_to_date() -> None:
    pages = generator().pages()
    assert {path.stem for path in pages} == {*HOOKS, "inputs", "outcome", "codes"}
    assert [str(path) for path, text in pages.items() if path.read_text() != text] == [], "run `make docs`"


def test_each_hook_has_a_page() -> None:
    assert sorted(path.stem for path in (PLUGINS / "hooks").iterdir()) == HOOKS


def test_readme_lists_every_hook() -> None:
    assert sorted(set(re.findall(r"^\| \[`(register_\w+)`\]", (PLUGINS / "README.md").read_text(), re.M))) == HOOKS


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(DOCS)))
def test_pages_mention_only_existing_hooks(path: Path) -> None:
    assert set(re.findall(r"\bregister_\w+", path.read_text())) <= set(HOOKS)


@pytest.mark.parametrize("name", ["Inputs", "Layer", "InputDataset"])
def test_inputs_page_documents_every_public_member(name: str) -> None:
    page = (PLUGINS / "inputs.md").read_text()
    members = [member for member in vars(getattr(hookspecs, name)) if not member.startswith("_")]
    documented = re.findall(rf"(?:### `{name.lower()}\.|\| `)(\w+)", page)
    assert [member for member in members if member not in documented] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(DOCS)))
def test_links_point_to_existing_files(path: Path) -> None:
    assert [link["path"] for link in LINK.finditer(path.read_text()) if not (path.parent / link["path"]).exists()] == []


@pytest.mark.parametrize("page", ["inputs", "outcome"])
def test_classes_of_the_contract_are_imported_as_documented(page: str) -> None:
    names = re.findall(r"^## `(\w+)`$", (PLUGINS / f"{page}.md").read_text(), re.MULTILINE)
    assert len(names) > 5
    assert [name for name in names if not hasattr(hookspecs, name)] == []


def test_lists_the_forms_of_example_inputs() -> None:
    page = (PLUGINS / "testing.md").read_text()
    for technique in (item.slug for item in BUILTIN_TECHNIQUES):
        forms = ", ".join(f"`{form}`" for form in example_forms(technique))
        assert f"| `{technique}` | {forms} |" in page


def test_examples_of_the_testing_page_run() -> None:
    conftest, *blocks = [block for block in blocks_of(PLUGINS / "testing.md") if block.language == "python"]
    names: dict[str, object] = {}
    for block in blocks:
        exec(block.text, names)
    exec(conftest.text, names)
    assert names["pytest_plugins"] == ["registry.testing.pytest_plugin"]
