"""Writes the reference pages of the plugin contract from the contract itself.

    .venv/bin/python docs/plugins/make_pages.py

One page for each hook, and one each for what an analysis is given and gives back. A test compares them with what this
makes.
"""

import ast
import inspect
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
MADE = "<!-- Made by docs/plugins/make_pages.py from registry/hookspecs.py and registry/contract/: change it there. -->"
OWN_PAGES = {"Inputs": "../inputs.md", "Outcome": "../outcome.md"}
HOW_TO: Mapping[str, tuple[tuple[str, str], ...]] = {
    "register_quantities": (("A quantity", "quantity"),),
    "register_readers": (("A reader", "reader"),),
    "register_analyses": (
        ("An analysis that takes others' results", "others-results"),
        ("An analysis of whole cells", "whole-cells"),
    ),
    "register_tables": (("A table", "table"),),
    "register_table_formats": (("A table format", "table-format"),),
}


def tree(path: Path) -> ast.Module:
    """A module, parsed."""
    return ast.parse(path.read_text())


CONTRACT = [node for path in sorted((ROOT / "registry" / "contract").glob("*.py")) for node in tree(path).body]
CLASSES = {node.name: node for node in CONTRACT if isinstance(node, ast.ClassDef)}
HOOKS = [node for node in tree(ROOT / "registry" / "hookspecs.py").body if isinstance(node, ast.FunctionDef)]


def pages() -> dict[Path, str]:
    """Every page, by its path."""
    made = {HERE / "hooks" / f"{hook.name}.md": hook_page(hook) for hook in HOOKS}
    made[HERE / "inputs.md"] = inputs_page()
    made[HERE / "outcome.md"] = outcome_page()
    return made


def hook_page(hook: ast.FunctionDef) -> str:
    """What a hook returns, and every class that belongs to it."""
    assert hook.returns is not None
    described = [name for name in names_in(hook.returns) if name in CLASSES]
    parts = [
        f"# {hook.name}",
        MADE,
        f"```python\n@hookimpl\ndef {hook.name}() -> {ast.unparse(hook.returns)}: ...\n```",
        prose(ast.get_docstring(hook), "../../"),
    ]
    if guides := HOW_TO[hook.name]:
        links = ", ".join(f"[{title}](../how-to/{name}.md)" for title, name in guides)
        parts.append(f"How it is done: {links}, and the [tutorial](../tutorial.md).")
    for name in closure(described):
        parts += class_section(name, "../../")
    return "\n\n".join(parts) + "\n"


def closure(names: list[str]) -> list[str]:
    """These classes and those their fields are made of; what has a page of its own is left to it."""
    found: list[str] = []
    while names:
        name = names.pop(0)
        if name in found or name in OWN_PAGES:
            continue
        found.append(name)
        names += [item for node in fields_of(CLASSES[name]) for item in names_in(node[0].annotation) if item in CLASSES]
    return [name for name in found if name != "Message" or "Outcome" not in found]


def inputs_page() -> str:
    """What an analysis reads through."""
    intro = (
        "What an analysis is given. In a test, `registry.testing.example_inputs(technique)` makes complete ones "
        "([tutorial](tutorial.md)).\n\nColumns have the names of [nomenclature.md](../nomenclature.md)."
    )
    parts = ["# Inputs", MADE, intro]
    for name in ("Inputs", "Layer", "Dataset", "Refused"):
        parts += class_section(name, "../")
    parts += ["## Techniques", words_table("TECHNIQUES"), "## Roles of layers", words_table("LAYER_ROLES")]
    return "\n\n".join(parts) + "\n"


def outcome_page() -> str:
    """What an analysis gives back."""
    parts = ["# Outcome", MADE]
    for name in ("Outcome", "Result", "NotComputed", "Message", "Curve", "Axis", "Series"):
        parts += class_section(name, "../")
    module = tree(ROOT / "analyses" / "uncertainty.py")
    estimate = next(node for node in module.body if isinstance(node, ast.ClassDef))
    propagate = next(node for node in module.body if isinstance(node, ast.FunctionDef) and node.name == "propagate")
    parts += ["## `Estimate`", "From `analyses.uncertainty`.", numpydoc(ast.get_docstring(estimate))]
    parts += list(method_sections(estimate, "Estimate"))
    parts += [f"### `{signature('', propagate)}`", numpydoc(ast.get_docstring(propagate))]
    return "\n\n".join(parts) + "\n"


def words_table(name: str) -> str:
    """A mapping of words in the contract."""
    nodes = [node for node in CONTRACT if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == name]
    assert nodes[0].value is not None
    rows = [f"| `{word}` | {meaning} |" for word, meaning in ast.literal_eval(nodes[0].value).items()]
    return "\n".join(["| word | meaning |", "| --- | --- |", *rows])


def class_section(name: str, up: str) -> Iterator[str]:
    """A class with its fields, or with the methods one calls."""
    node = CLASSES[name]
    yield f"## `{name}`"
    yield prose(ast.get_docstring(node), up)
    rows = [
        f"| `{field.target.id}` | {type_of(field)} | {default_of(field)} | {oneline(text, up)} |"
        for field, text in fields_of(node)
        if isinstance(field.target, ast.Name) and not field.target.id.startswith("_")
    ]
    if rows:
        yield "\n".join(["| field | type | default | meaning |", "| --- | --- | --- | --- |", *rows])
    yield from method_sections(node, name.lower())


def method_sections(node: ast.ClassDef, named: str) -> Iterator[str]:
    """Each public method and property, as it is called."""
    for member in node.body:
        if isinstance(member, ast.FunctionDef) and not member.name.startswith("_"):
            text = ast.get_docstring(member)
            assert text, f"{node.name}.{member.name} has no docstring"
            yield f"### `{signature(named + '.', member)}`"
            yield prose(text, "../")


def signature(before: str, function: ast.FunctionDef) -> str:
    """How a function or property is called."""
    decorators = {ast.unparse(decorator) for decorator in function.decorator_list}
    if "property" in decorators:
        return f"{before}{function.name} → {ast.unparse(function.returns)}" if function.returns else before
    arguments = ast.unparse(function.args)
    arguments = re.sub(r"^(self|cls)(, )?", "", arguments)
    returned = f" → {ast.unparse(function.returns)}" if function.returns else ""
    return f"{before}{function.name}({arguments})" + returned.replace("'", "")


def fields_of(node: ast.ClassDef) -> list[tuple[ast.AnnAssign, str]]:
    """The fields of a dataclass, each with the text below it."""
    found = []
    for member, following in zip(node.body, [*node.body[1:], None], strict=True):
        if isinstance(member, ast.AnnAssign):
            is_text = isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant)
            found.append((member, str(following.value.value) if is_text else ""))  # type: ignore[union-attr]
    return found


def names_in(annotation: ast.expr) -> list[str]:
    """Every name in a type."""
    return [node.id for node in ast.walk(annotation) if isinstance(node, ast.Name)]


def type_of(field: ast.AnnAssign) -> str:
    return "`" + ast.unparse(field.annotation).replace("|", "\\|") + "`"


def default_of(field: ast.AnnAssign) -> str:
    """The default as it is written; of a factory what it makes."""
    if field.value is None:
        return "needed"
    written = ast.unparse(field.value)
    return {"field(default_factory=dict)": "`{}`"}.get(written, f"`{written}`")


def prose(text: str | None, up: str) -> str:
    """A docstring as Markdown, with a link where it names a page."""
    paragraphs = inspect.cleandoc(text or "").split("\n\n")
    joined = "\n\n".join(paragraphs)
    return re.sub(r"\(docs/(\w+\.md)\)", rf"([\1]({up}\1))", joined)


def oneline(text: str, up: str) -> str:
    return prose(text, up).replace("\n", " ").replace("|", "\\|")


def numpydoc(text: str | None) -> str:
    """A docstring of `analyses/`, its sections in bold, its lists and examples as they are."""
    cleaned = inspect.cleandoc(text or "")
    cleaned = re.sub(r"^(\w+)\n-{3,}$", r"**\1**\n", cleaned, flags=re.MULTILINE)
    cleaned = re.sub(r"^(\w+)\n    (?=\S)", r"* `\1`: ", cleaned, flags=re.MULTILINE)
    cleaned = re.sub(r"^(\S.*?) : (.+)\n    ", r"* `\1` (\2): ", cleaned, flags=re.MULTILINE)
    return re.sub(r"((?:^>>> .*\n?|^\.\.\. .*\n?|(?<=\n)\(.*\n?)+)", r"```\n\1\n```", cleaned, flags=re.MULTILINE)


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text)
