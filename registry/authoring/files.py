"""The files of a new plugin: paths and contents."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

from cellar_registry import command
from registry import __version__
from registry.authoring.naming import Names
from registry.authoring.skeletons import SAMPLE, SKELETONS
from registry.plugin_loading.names import technique_in_sentence

TEMPLATES = Path(__file__).parent / "templates"
FOLDER_TABLE = "| plugin | what it adds |"


@dataclass(frozen=True)
class Plan:
    """The files of a new plugin by path, and where it is imported from."""

    names: Names
    files: Mapping[Path, str]
    tests: Path
    plugin: Path
    source: Path | None = None
    """For a package, the directory its modules are imported from."""
    appended: Mapping[Path, str] = field(default_factory=dict)
    """Text to append to existing files."""


def plan_file(names: Names, kind: str, technique: str, directory: Path) -> Plan:
    """Return the plan for a single file in a plugin directory, with its tests."""
    plugin, tests = directory / f"{names.module}.py", directory / "tests"
    formula = _formula(names, technique) + "\n\n" if kind == "analysis" else ""
    files = {
        plugin: _plugin(names, kind, technique, formula=formula),
        tests / f"test_{names.module}.py": _tests(names, kind, technique, **_from_file(plugin)),
    }
    readme, conftest = directory / "README.md", tests / "conftest.py"
    if not conftest.exists():
        files[conftest] = _render("conftest")
    has_table = readme.exists() and FOLDER_TABLE in readme.read_text()
    line = f"| `{plugin.name}` | {names.title}: {_summary(kind, technique)} |\n"
    if not readme.exists():
        return Plan(names, files | {readme: _render("folder_readme") + line}, tests, plugin)
    return Plan(names, files, tests, plugin, appended={readme: line if has_table else _render("folder_readme") + line})


def plan_package(names: Names, kind: str, technique: str, directory: Path) -> Plan:
    """Return the plan for a package installed with pip, with an entry point for Cellar."""
    root = directory / names.distribution
    source, tests = root / "src" / names.package, root / "tests"
    fields = {"distribution": names.distribution, "package": names.package, "name": names.name, "title": names.title}
    files = {
        root / "pyproject.toml": _render("pyproject", **fields, cellar=__version__),
        root / "README.md": _render(
            "package_readme", **fields, cellar=__version__, what=_summary(kind, technique), plugins=command("plugins")
        ),
        source / "__init__.py": f'"""{names.title}, a plugin for Cellar."""\n',
        source / "plugin.py": _plugin(
            names, kind, technique, import_formula=f"from {names.package}.{names.module} import {names.module}\n"
        ),
        tests / "conftest.py": _render("conftest"),
        tests / f"test_{names.module}.py": _tests(names, kind, technique, own=f"from {names.package} import plugin\n"),
    }
    if kind == "analysis":
        head = f'"""{names.title}, as a function of plain numbers."""\n\n\n'
        files[source / f"{names.module}.py"] = head + _formula(names, technique)
    return Plan(names, files, tests, source / "plugin.py", root / "src")


def quantity_of(names: Names, technique: str) -> str:
    """Return the slug of the quantity a new analysis computes."""
    return f"{names.module}_{SKELETONS[technique].suffix}"


def _summary(kind: str, technique: str) -> str:
    if kind == "analysis":
        return f"an analysis of {technique_in_sentence(technique)}"
    return "an analysis of groups of cells" if kind == "group" else f"a {kind.replace('-', ' ')}"


def _formula(names: Names, technique: str) -> str:
    return _render(f"{SKELETONS[technique].template}_formula", module=names.module)


def _plugin(names: Names, kind: str, technique: str, **formula: str) -> str:
    fields = {"name": names.name, "title": names.title, "module": names.module}
    if kind != "analysis":
        return _render(kind.replace("-", "_"), **fields)
    skeleton = SKELETONS[technique]
    fields |= {"technique": technique, "quantity": quantity_of(names, technique)}
    fields |= {"role": skeleton.role, "unit": skeleton.unit, "label": skeleton.label}
    hooks = _render("hooks", **fields).rstrip()
    return _render(skeleton.template, **{"formula": "", "import_formula": ""} | fields | formula, hooks=hooks)


def _from_file(plugin: Path) -> dict[str, str]:
    """Return the template fields with which a test imports a plugin file from the parent directory."""
    loaded = f'\nplugin = load_plugin(Path(__file__).parents[1] / "{plugin.name}")\n'
    return {"path": "from pathlib import Path\n\n", "load": "load_plugin, ", "loads": ", load_plugin", "loaded": loaded}


def _tests(names: Names, kind: str, technique: str, **imports: str) -> str:
    skeleton = SKELETONS[technique]
    sample = '"' + SAMPLE.format(title=names.title).replace("\n", "\\n") + '"'
    fields = {"name": names.name, "title": names.title, "module": names.module, "sample": sample}
    fields |= {"technique": technique, "quantity": quantity_of(names, technique), "by_hand": skeleton.by_hand}
    fields |= {"missing": skeleton.missing, "words": skeleton.refusal_term}
    template = kind if kind in ("analysis", "group", "reader") else "table"
    return _render(
        f"test_{template}", **dict.fromkeys(("path", "own", "load", "loads", "loaded"), "") | fields | imports
    )


def _render(template: str, **fields: str) -> str:
    return Template((TEMPLATES / f"{template}.txt").read_text()).substitute(fields)
