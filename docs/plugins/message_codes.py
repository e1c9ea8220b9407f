"""The codes of refusals and messages, collected from the calls in the source."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("analyses", "plugins", "registry", "examples")
CODE_POSITION: Mapping[str, int] = {
    "Refused": 0,
    "Remark": 0,
    "CellError": 0,
    "HeaderError": 0,
    "NoCounterError": 0,
    "Message": 0,
    "InsufficientData": 0,
    "UnreadableFile": 0,
    "NotComputed": 1,
    "Limit": 5,
    "refuse_file": 0,
    "_refusal": 0,
    "_failure": 0,
}
"""Position of the code among the arguments of each call that takes one."""
NOT_PARAMETERS = frozenset({"level", "log_constant", "plausible", "question"})
LIMIT_PARAMETERS = ("subject", "ratio", "limit", "hint", "numbers", "quantities", "culprit", "factor", "source")
"""Parameters of the message of every physical limit."""


@dataclass(frozen=True)
class CodedCall:
    """A call that gives a code, a text and parameters."""

    path: Path
    node: ast.Call
    mappings: Mapping[str, tuple[str, ...]]
    """Texts in the mappings of its module, by name."""

    @property
    def name(self) -> str:
        return self.node.func.id if isinstance(self.node.func, ast.Name) else ""

    @property
    def where(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.node.lineno}"

    @property
    def codes(self) -> list[str]:
        """The code, or those of the mapping it is looked up in; empty if it is not literal."""
        if code := self._literal(CODE_POSITION[self.name]):
            return [code]
        argument = self.node.args[CODE_POSITION[self.name]] if len(self.node.args) > CODE_POSITION[self.name] else None
        if not isinstance(argument, ast.Call):
            return []
        mappings = {item.id for item in ast.walk(argument) if isinstance(item, ast.Name)}
        return [code for name in mappings for code in self.mappings.get(name, ())]

    @property
    def text(self) -> str | None:
        """The template, None if it is not literal or left out."""
        return self._literal(CODE_POSITION[self.name] + 1)

    @property
    def has_computed_text(self) -> bool:
        """Whether the template is put together at run time."""
        return self.text is None and len(self.node.args) > CODE_POSITION[self.name] + 1

    @property
    def parameters(self) -> list[str]:
        common = LIMIT_PARAMETERS if self.name == "Limit" else ()
        return [*common, *(item.arg for item in self.node.keywords if item.arg and item.arg not in NOT_PARAMETERS)]

    @property
    def passes_on(self) -> bool:
        """Whether it passes on what it was called with."""
        return any(item.arg is None for item in self.node.keywords)

    def _literal(self, position: int) -> str | None:
        node = self.node.args[position] if len(self.node.args) > position else None
        return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


@cache
def coded_calls() -> tuple[CodedCall, ...]:
    """Return every call that gives a code."""
    return tuple(_coded_calls())


def _coded_calls() -> Iterator[CodedCall]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            tree = ast.parse(path.read_text())
            mappings = dict(_mappings(tree))
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CODE_POSITION:
                    yield CodedCall(path, node, mappings)


def _mappings(tree: ast.Module) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the texts of each mapping of a module."""
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and isinstance(node.value, ast.Dict):
            values = [item.value for item in node.value.values if isinstance(item, ast.Constant)]
            yield node.target.id, tuple(value for value in values if isinstance(value, str))


def codes_table() -> str:
    """Return the table of all codes: sentences and parameters."""
    texts: dict[str, dict[str, None]] = {}
    parameters: dict[str, dict[str, None]] = {}
    for call in coded_calls():
        for code in call.codes:
            texts.setdefault(code, {}).setdefault(call.text or "")
            parameters.setdefault(code, {}).update(dict.fromkeys(call.parameters))
    rows = [
        f"| `{code}` | {'<br>'.join(_cell(text) for text in texts[code] if text)} | "
        f"{', '.join(f'`{name}`' for name in parameters[code])} |"
        for code in sorted(texts)
    ]
    return "\n".join(["| code | text | parameters |", "| --- | --- | --- |", *rows])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
