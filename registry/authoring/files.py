"""The files of a new plugin: where they go and what they say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

from cellar_registry import command
from registry import __version__
from registry.authoring.naming import Names
from registry.authoring.skeletons import BEGINNINGS, SAMPLE
from registry.hookspecs import TECHNIQUES

TEMPLATES = Path(__file__).parent / "templates"
FOLDER_TABLE = "| plugin | what it adds |"


@dataclass(frozen=True)
class Plan:
    """The files of a new plugin by their paths, and where it is imported from."""

    names: Names
    files: Mapping[Path, str]
    tests: Path
    plugin: Path
    source: Path | None = None
    """Of a package, the folder its modules are imported from."""
    appended: Mapping[Path, str] = field(default_factory=dict)
    """What goes to the end of files there are."""


def plan_file(names: Names, kind: str, technique: str, folder: Path) -> Plan:
    """A file in a folder of one's own, with its tests beside it."""
    plugin, tests = folder / f"{names.module}.py", folder / "tests"
    formula = _formula(names, technique) + "\n\n" if kind == "analysis" else ""
    files = {
        plugin: _plugin(names, kind, technique, formula=formula),
        tests / f"test_{names.module}.py": _tests(names, kind, technique, **_from_file(plugin)),
    }
    readme, conftest = folder / "README.md", tests / "conftest.py"
    if not conftest.exists():
        files[conftest] = _filled("conftest")
    has_table = readme.exists() and FOLDER_TABLE in readme.read_text()
    line = f"| `{plugin.name}` | {names.title}: {_what(kind, technique)} |\n"
    if not readme.exists():
        return Plan(names, files | {readme: _filled("folder_readme") + line}, tests, plugin)
    return Plan(names, files, tests, plugin, appended={readme: line if has_table else _filled("folder_readme") + line})


def plan_package(names: Names, kind: str, technique: str, folder: Path) -> Plan:
    """A package that pip installs, with an entry point by which Cellar finds it."""
    root = folder / names.distribution
    source, tests = root / "src" / names.package, root / "tests"
    words = {"distribution": names.distribution, "package": names.package, "name": names.name, "title": names.title}
    files = {
        root / "pyproject.toml": _filled("pyproject", **words, cellar=__version__),
        root / "README.md": _filled(
            "package_readme", **words, cellar=__version__, what=_what(kind, technique), plugins=command("plugins")
        ),
        source / "__init__.py": f'"""{names.title}, a plugin of Cellar."""\n',
        source / "plugin.py": _plugin(
            names, kind, technique, import_formula=f"from {names.package}.{names.module} import {names.module}\n"
        ),
        tests / "conftest.py": _filled("conftest"),
        tests / f"test_{names.module}.py": _tests(names, kind, technique, own=f"from {names.package} import plugin\n"),
    }
    if kind == "analysis":
        head = f'"""{names.title}, as a function of plain numbers."""\n\n\n'
        files[source / f"{names.module}.py"] = head + _formula(names, technique)
    return Plan(names, files, tests, source / "plugin.py", root / "src")


def quantity_of(names: Names, technique: str) -> str:
    """The slug of the quantity a new analysis gives."""
    return f"{names.module}_{BEGINNINGS[technique].suffix}"


def _what(kind: str, technique: str) -> str:
    return f"an analysis of {TECHNIQUES[technique].lower()}" if kind == "analysis" else f"a {kind}"


def _formula(names: Names, technique: str) -> str:
    return _filled(f"{BEGINNINGS[technique].template}_formula", module=names.module)


def _plugin(names: Names, kind: str, technique: str, **formula: str) -> str:
    words = {"name": names.name, "title": names.title}
    if kind != "analysis":
        return _filled(kind, **words)
    beginning = BEGINNINGS[technique]
    words |= {"module": names.module, "technique": technique, "quantity": quantity_of(names, technique)}
    words |= {"role": beginning.role, "unit": beginning.unit, "label": beginning.label}
    hooks = _filled("hooks", **words).rstrip()
    return _filled(beginning.template, **{"formula": "", "import_formula": ""} | words | formula, hooks=hooks)


def _from_file(plugin: Path) -> dict[str, str]:
    """How a test imports a plugin that is a file in the folder above it."""
    loaded = f'\nplugin = load_plugin(Path(__file__).parents[1] / "{plugin.name}")\n'
    return {"path": "from pathlib import Path\n\n", "load": "load_plugin, ", "loads": ", load_plugin", "loaded": loaded}


def _tests(names: Names, kind: str, technique: str, **imports: str) -> str:
    beginning = BEGINNINGS[technique]
    sample = '"' + SAMPLE.format(title=names.title).replace("\n", "\\n") + '"'
    words = {"name": names.name, "title": names.title, "module": names.module, "sample": sample}
    words |= {"technique": technique, "quantity": quantity_of(names, technique), "by_hand": beginning.by_hand}
    words |= {"missing": beginning.missing, "words": beginning.words}
    return _filled(f"test_{kind}", **dict.fromkeys(("path", "own", "load", "loads", "loaded"), "") | words | imports)


def _filled(template: str, **words: str) -> str:
    return Template((TEMPLATES / f"{template}.txt").read_text()).substitute(words)
