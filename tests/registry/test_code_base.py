"""Rules of the code base, each with its own test."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from registry import __version__

ROOT = Path(__file__).parent.parent.parent
SOURCES = ("analyses", "plugins", "registry", "benchmarks")
MAX_LINES = 400
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc"}
UNCLEAR_VARIABLES = {"one", "found", "given", "said", "ours", "theirs"}
WITHOUT_TESTS = {"__init__.py"}


def modules(*packages: str) -> list[Path]:
    paths = [path for package in packages for path in (ROOT / package).rglob("*.py")]
    return sorted(path for path in paths if "migrations" not in path.parts)


PINS_WORDING = "test_wording.py"
MAX_OTHER_SENTENCES = 12
"""Tests that may hold what looks like a sentence: a label, a header, a folder, or text that someone enters."""
WORDS_IN_A_ROW = re.compile(r"[a-z]{2,} [a-z]{2,} [a-z]{2,}")


def test_import_contracts_hold() -> None:
    process = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stdout


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())


@pytest.mark.parametrize(
    "path",
    [
        path
        for path in modules(
            "analyses", "plugins", "registry/contract/reader_support", "registry/contract/analysis_support"
        )
        if path.name not in WITHOUT_TESTS
    ],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_every_module_has_a_test_file(path: Path) -> None:
    mirror = ROOT / "tests" / path.relative_to(ROOT).parent / f"test_{path.name}"
    assert mirror.exists(), f"{mirror.relative_to(ROOT)} is missing"


def test_the_nomenclature_lists_every_quantity() -> None:
    from registry.numbers import catalogue

    text = (ROOT / "docs" / "nomenclature.md").read_text()
    assert [slug for slug in catalogue.catalogue if f"`{slug}`" not in text] == []


def test_no_file_has_a_forbidden_name() -> None:
    assert [path for path in modules(*SOURCES, "tests") if path.stem in FORBIDDEN_NAMES] == []


def test_a_variable_is_named_after_what_it_holds() -> None:
    for path in [path for path in modules(*SOURCES, "tests", "examples") if "data" not in path.parts]:
        nodes = list(ast.walk(ast.parse(path.read_text())))
        names = [node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
        names += [node.arg for node in nodes if isinstance(node, ast.arg)]
        assert not UNCLEAR_VARIABLES.intersection(names), path


def test_no_file_is_too_long() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in modules(*SOURCES)}
    assert {name for name, length in lengths.items() if length > MAX_LINES} == set()


def test_every_requirement_is_pinned() -> None:
    for name in (
        "requirements.txt",
        "requirements-dev.txt",
        "benchmarks/requirements-impedance.txt",
        "benchmarks/requirements-cellpy.txt",
    ):
        for line in (ROOT / name).read_text().splitlines():
            if line and not line.startswith(("#", "-r ")):
                assert re.fullmatch(r"[\w.-]+(\[[\w,]+\])?==[\w.]+", line), f"{name}: {line}"


def test_pinned_versions_are_within_the_ranges_of_the_wheel() -> None:
    """requirements.txt pins every dependency of the wheel, requirements-dev.txt those of its extras."""
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    lines += (ROOT / "requirements-dev.txt").read_text().splitlines()
    pins = {canonicalize_name(pin.name): pin for line in lines if line[:1].isalpha() for pin in [Requirement(line)]}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].values()
    for requirement in map(Requirement, [*project["dependencies"], *(line for extra in extras for line in extra)]):
        pin = pins[canonicalize_name(requirement.name)]
        (version,) = (specifier.version for specifier in pin.specifier)
        assert requirement.specifier.contains(version), f"{requirement} excludes the pinned {version}"
        assert requirement.extras <= pin.extras, requirement


@pytest.mark.parametrize("package", sorted((ROOT / "examples").glob("cellar-*")), ids=lambda path: path.name)
def test_an_example_package_depends_on_the_distribution(package: Path) -> None:
    settings = tomllib.loads((package / "pyproject.toml").read_text())
    (requirement,) = (line for line in settings["project"]["dependencies"] if line.startswith("cellar-registry"))
    assert Requirement(requirement).specifier.contains(__version__)
    assert settings["project"]["optional-dependencies"]["test"] == ["cellar-registry[testing]"]
    assert "pythonpath" not in settings["tool"]["pytest"]["ini_options"]


def test_requirements_name_no_package_index() -> None:
    requirements = [*ROOT.glob("requirements*.txt"), *(ROOT / "benchmarks").glob("requirements*.txt")]
    for path in [*requirements, ROOT / "Makefile", ROOT / "pyproject.toml", ROOT / ".ci" / "run"]:
        assert not re.search(r"index-url|find-links|trusted-host|https?://(?!127\.0\.0\.1)", path.read_text()), path


def test_messages_do_not_contain_manage_py() -> None:
    """`cellar_registry.command` returns `manage.py` or `cellar`; docstrings may contain `manage.py`."""
    for path in modules("registry", "plugins"):
        tree = ast.parse(path.read_text())
        docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        texts = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
        assert not [text.lineno for text in texts if "manage.py" in text.value and id(text) not in docs], path
    for path in (ROOT / "templates").rglob("*.html"):
        assert "manage.py" not in path.read_text(), path


def test_pages_load_no_external_resources() -> None:
    """External links are allowed; external scripts, styles, fonts and images are not."""
    external = re.compile(r"""(?:\bsrc|<link[^>]*\bhref)\s*=\s*["'](?:https?:)?//|url\(\s*["']?(?:https?:)?//""")
    for path in [*(ROOT / "templates").rglob("*.html"), *(ROOT / "registry" / "static").rglob("*.css")]:
        assert not external.search(path.read_text()), path


def test_templates_have_no_inline_scripts() -> None:
    """The content security policy blocks inline scripts and handlers."""
    inline = re.compile(r"<script(?![^>]*\bsrc=)|\son[a-z]+\s*=\s*[\"']", re.IGNORECASE)
    for path in (ROOT / "templates").rglob("*.html"):
        assert not inline.search(path.read_text()), path


def sentences_compared(test: ast.FunctionDef) -> Iterator[str]:
    """Sentences in what a test asserts, matches and is parametrised with: four words, three of them in a row."""
    asserted = [node.test for node in ast.walk(test) if isinstance(node, ast.Assert)]
    for texts in (*asserted, *test.decorator_list):
        yield from (text for text in texts_in(texts) if len(text.split()) >= 4 and WORDS_IN_A_ROW.search(text))
    matched = [node.value for node in ast.walk(test) if isinstance(node, ast.keyword) and node.arg == "match"]
    for texts in matched:
        yield from (text for text in texts_in(texts) if WORDS_IN_A_ROW.search(text))


def texts_in(node: ast.AST) -> list[str]:
    constants = [item.value for item in ast.walk(node) if isinstance(item, ast.Constant)]
    return [value for value in constants if isinstance(value, str)]


def test_tests_compare_codes_and_numbers_rather_than_sentences() -> None:
    by_name: dict[str, list[str]] = {}
    for path in modules("tests"):
        if path.name.startswith("test_") and path.name != PINS_WORDING and "data" not in path.parts:
            functions = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)]
            for test in (function for function in functions if function.name.startswith("test_")):
                if sentences := list(sentences_compared(test)):
                    by_name[f"{path.relative_to(ROOT)}::{test.name}"] = sentences
    assert len(by_name) <= MAX_OTHER_SENTENCES, by_name


def test_a_handful_of_tests_pin_wording() -> None:
    text = (ROOT / "tests" / "registry" / PINS_WORDING).read_text()
    assert text.count("\ndef test_") <= 10
