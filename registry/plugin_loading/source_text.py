"""A statement as text that is the same for the same computation: without docstrings, comments, layout and the sentences
of messages.

The sentence of a message is dropped only where it is a literal, in a call of a class of the contract whose name is
bound once in the module, by its import; the code and the names in braces stay. A plugin that reads a sentence back
keeps its sentences: `reads_sentences`.
"""

import ast
from collections.abc import Iterator
from string import Formatter

SENTENCE_AT = {
    "CodedError": 1, "InsufficientData": 1, "Message": 1, "NotComputed": 2, "Refused": 1, "Remark": 1,
    "UnreadableFile": 1,
}  # fmt: skip
"""Place of the sentence among the arguments of each class of messages."""
MESSAGE_MODULES = frozenset({
    "analyses.coded_text", "analyses.insufficient_data", "registry.contract.outcome", "registry.contract.reader",
    "registry.hookspecs",
})  # fmt: skip
SENTENCES = frozenset({"text", "template", "args", "__dict__", "format", "format_map"})
"""Attributes through which the sentence of a message, or of an error, can be read."""
READING = frozenset({"str", "repr", "format", "getattr", "vars", "asdict", "astuple"})
"""Functions that can read it."""
IGNORED_FIELDS = frozenset({"ctx", "kind", "type_comment"})


class CanonicalText:
    """Writes the statements of a module; `imported` says what module and name each name of its imports stands for, and
    `is_reviewed` that none of them reads a sentence."""

    def __init__(self, tree: ast.Module, imported: dict[str, tuple[str, str]], *, is_reviewed: bool) -> None:
        self.is_reviewed = is_reviewed
        classes = {
            local: SENTENCE_AT[name]
            for local, (module, name) in imported.items()
            if name in SENTENCE_AT and module in MESSAGE_MODULES
        }
        bound = set(_names_bound_otherwise(tree)) if classes else ()
        self.sentence_at = {local: place for local, place in classes.items() if local not in bound}

    def of(self, node: object) -> str:
        """The text of a node: its kind and what it holds, in order."""
        if isinstance(node, list):
            kept = (item for item in node if not (isinstance(item, ast.stmt) and is_docstring(item)))
            return f"[{','.join(map(self.of, kept))}]"
        if not isinstance(node, ast.AST):
            return repr(node)
        fields = dict(ast.iter_fields(node))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in self.sentence_at:
            fields["args"] = _without_sentence(node.args, self.sentence_at[node.func.id])
        written = (
            f"{name}={self.of(value)}"
            for name, value in sorted(fields.items())
            # Fields that later versions of Python add are empty where they are not used; so is a constant None.
            if name not in IGNORED_FIELDS and value is not None and not (isinstance(value, list) and not value)
        )
        return f"{type(node).__name__}({','.join(written)})"


def _without_sentence(arguments: list[ast.expr], place: int) -> list[ast.expr]:
    """The arguments of a message with the placeholders of its sentence in its place, if it is a literal."""
    if any(isinstance(argument, ast.Starred) for argument in arguments[: place + 1]) or len(arguments) <= place:
        return arguments
    sentence = arguments[place]
    if not (isinstance(sentence, ast.Constant) and isinstance(sentence.value, str)) or not sentence.value:
        return arguments
    try:
        parts = [part[1:] for part in Formatter().parse(sentence.value) if part[1] is not None]
    except ValueError:
        return arguments
    return [*arguments[:place], ast.Constant(("sentence", tuple(sorted(map(str, parts))))), *arguments[place + 1 :]]  # type: ignore[arg-type]


def _names_bound_otherwise(tree: ast.Module) -> Iterator[str]:
    """Every name that a module binds anywhere but in its own import statements."""
    imports = {node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)}
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name
            case ast.MatchMapping(rest=str(name)):
                yield name
            case ast.Import(names=names) | ast.ImportFrom(names=names) if node not in imports:
                yield from (alias.asname or alias.name.partition(".")[0] for alias in names)


def reads_sentences(statement: ast.stmt) -> bool:
    """Whether it may read the sentence of a message, or make a text of one, and compute with it."""
    return any(
        isinstance(node, ast.JoinedStr | ast.Mod)
        or (isinstance(node, ast.Attribute) and node.attr in SENTENCES)
        or (isinstance(node, ast.Name) and node.id in READING)
        for node in ast.walk(statement)
    )


def is_docstring(node: ast.stmt) -> bool:
    """Whether it is a text alone, which does nothing."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
