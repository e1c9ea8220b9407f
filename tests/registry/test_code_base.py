"""One test for each rule about the code base itself."""

import ast
import re
import subprocess
import sys
import tomllib
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from registry import __version__

ROOT = Path(__file__).parent.parent.parent
SOURCES = ("analyses", "plugins", "registry", "benchmarks")
LONGEST_FILE = 300
NAMELESS = {"utils", "helpers", "common", "misc"}
WITHOUT_TESTS = {"__init__.py"}


def modules(*packages: str) -> list[Path]:
    found = [path for package in packages for path in (ROOT / package).rglob("*.py")]
    return sorted(path for path in found if "migrations" not in path.parts)


def test_import_contracts_hold() -> None:
    checked = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


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
def test_every_analysis_plugin_and_part_of_the_contract_has_a_test_file_of_its_name(path: Path) -> None:
    mirror = ROOT / "tests" / path.relative_to(ROOT).parent / f"test_{path.name}"
    assert mirror.exists(), f"{mirror.relative_to(ROOT)} is missing"


def test_every_quantity_has_its_line_in_the_nomenclature() -> None:
    from registry.numbers import catalogue

    text = (ROOT / "docs" / "nomenclature.md").read_text()
    assert [slug for slug in catalogue.catalogue if f"`{slug}`" not in text] == []


def test_no_file_is_named_after_nothing() -> None:
    assert [path for path in modules(*SOURCES, "tests") if path.stem in NAMELESS] == []


def test_files_are_short_enough_to_read() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in modules(*SOURCES)}
    # The whole contract with plugins in the order its reader needs it, half of it field docs that become pages.
    assert {name for name, length in lengths.items() if length > LONGEST_FILE} == set()


def test_every_requirement_is_pinned() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "benchmarks/requirements-impedance.txt"):
        for line in (ROOT / name).read_text().splitlines():
            if line and not line.startswith(("#", "-r ")):
                assert re.fullmatch(r"[\w.-]+(\[[\w,]+\])?==[\w.]+", line), f"{name}: {line}"


def test_the_tests_run_on_versions_that_the_wheel_allows() -> None:
    """Each dependency of the wheel is pinned within its range, in requirements.txt or, if optional, in -dev.txt."""
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    lines += (ROOT / "requirements-dev.txt").read_text().splitlines()
    pins = {canonicalize_name(pin.name): pin for line in lines if line[:1].isalpha() for pin in [Requirement(line)]}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].values()
    for wanted in map(Requirement, [*project["dependencies"], *(line for extra in extras for line in extra)]):
        pin = pins[canonicalize_name(wanted.name)]
        (version,) = (specifier.version for specifier in pin.specifier)
        assert wanted.specifier.contains(version), f"{wanted} excludes the pinned {version}"
        assert wanted.extras <= pin.extras, wanted


@pytest.mark.parametrize("package", sorted((ROOT / "examples").glob("cellar-*")), ids=lambda path: path.name)
def test_an_example_package_depends_on_cellar_and_not_on_a_checkout(package: Path) -> None:
    settings = tomllib.loads((package / "pyproject.toml").read_text())
    (wanted,) = (line for line in settings["project"]["dependencies"] if line.startswith("cellar-registry"))
    assert Requirement(wanted).specifier.contains(__version__)
    assert settings["project"]["optional-dependencies"]["test"] == ["cellar-registry[testing]"]
    assert "pythonpath" not in settings["tool"]["pytest"]["ini_options"]


def test_requirements_name_packages_and_no_place_to_fetch_them_from() -> None:
    requirements = [*ROOT.glob("requirements*.txt"), *(ROOT / "benchmarks").glob("requirements*.txt")]
    for path in [*requirements, ROOT / "Makefile", ROOT / "pyproject.toml", ROOT / ".ci" / "run"]:
        assert not re.search(r"index-url|find-links|trusted-host|https?://(?!127\.0\.0\.1)", path.read_text()), path


def test_messages_name_commands_as_they_are_typed_where_cellar_is_installed() -> None:
    """`cellar_registry.command` knows whether that is `manage.py` or `cellar`; docstrings are of the checkout."""
    for path in modules("registry", "plugins"):
        tree = ast.parse(path.read_text())
        docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        texts = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
        assert not [text.lineno for text in texts if "manage.py" in text.value and id(text) not in docs], path
    for path in (ROOT / "templates").rglob("*.html"):
        assert "manage.py" not in path.read_text(), path


def test_pages_fetch_nothing_from_elsewhere() -> None:
    """A link may lead out; a script, style, font or picture may not come in."""
    fetched = re.compile(r"""(?:\bsrc|<link[^>]*\bhref)\s*=\s*["'](?:https?:)?//|url\(\s*["']?(?:https?:)?//""")
    for path in [*(ROOT / "templates").rglob("*.html"), *(ROOT / "registry" / "static").rglob("*.css")]:
        assert not fetched.search(path.read_text()), path


def test_scripts_stand_in_files_of_their_own() -> None:
    """The content security policy refuses inline scripts and handlers."""
    inline = re.compile(r"<script(?![^>]*\bsrc=)|\son[a-z]+\s*=\s*[\"']", re.IGNORECASE)
    for path in (ROOT / "templates").rglob("*.html"):
        assert not inline.search(path.read_text()), path
