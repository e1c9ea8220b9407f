"""What counts of a statement, and what does not: sentences, docstrings and layout."""

import ast
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path

import pytest

from registry.plugin_loading.source_text import CanonicalText, reads_sentences

ROOT = Path(__file__).parents[3]
CONTRACT = {name: ("registry.hookspecs", name) for name in ("Message", "Refused", "NotComputed")}
SAME = [
    ('Message("a-b", "Text {x:.2g}.", x=1)', 'Message("a-b", "Other words: {x:.2g}", x=1)'),
    ('Refused("a-b", "no text")', 'Refused("a-b", "no" " other text")'),
    ('NotComputed("q", "a-b", "first {x}", x=1)', 'NotComputed("q", "a-b", "second {x}", x=1)'),
    ("x = (1,\n  2)", "x = (1, 2)"),
    ('x = "a" "b"', "x = 'ab'"),
    ("def f(x):\n    return x", 'def f(x):\n    """Text."""\n    # Text.\n\n    return x'),
]
DIFFERENT = [
    ("x = 1", "x = 2"),
    ("x = 1", "x = 1.0"),
    ("x = 1", "x = True"),
    ("x = 1", "y = 1"),
    ("x = None", "x = ..."),
    ("x + y", "x - y"),
    ("x + y", "x + z"),
    ("x < y", "x <= y"),
    ("x and y", "x or y"),
    ("x[:n]", "x[n:]"),
    ("not x", "x"),
    ("f(x, y)", "f(y, x)"),
    ("f(x)", "f(*x)"),
    ("f(a=x)", "f(b=x)"),
    ("f(**x)", "f(a=x)"),
    ("x.real", "x.imag"),
    ("def f(x=1): pass", "def f(x=2): pass"),
    ("def f(x, *, y=1): pass", "def f(x, y=1): pass"),
    ("if x: y()", "while x: y()"),
    ("if x:\n    y()\nelse:\n    z()", "if x:\n    y()\nz()"),
    ("{1: x, **y}", "{**y, 1: x}"),
    ("f'{x:.2g}'", "f'{x:.3g}'"),
    ('Message("a-b", "Text.")', 'Message("a-c", "Text.")'),
    ('Message("a-b", "Text {x}.", x=1)', 'Message("a-b", "Text {y}.", x=1)'),
    ('Message("a-b", "Text {x:.2g}.", x=1)', 'Message("a-b", "Text {x:.3g}.", x=1)'),
    ('Message("a-b", "Text {x}.", x=1)', 'Message("a-b", "Text {x}.", x=2)'),
    ('Message("a-b", "Text.", "info")', 'Message("a-b", "Text.", "warning")'),
    ('Message("a-b", text)', 'Message("a-b", other)'),
    ('Message(*codes, "Text.")', 'Message(*codes, "Other.")'),
    ('NotComputed("q", "a-b", "t")', 'NotComputed("r", "a-b", "t")'),
    ('other("a-b", "Text.")', 'other("a-b", "Other.")'),
    ('module.Message("a-b", "Text.")', 'module.Message("a-b", "Other.")'),
]
SHADOWED = [
    "def f(Message): pass",
    "class Message: pass",
    "for Message in x: pass",
    "def f():\n    from lab import Message",
    "try: pass\nexcept E as Message: pass",
    "match x:\n    case [*Message]: pass",
]


def text(*lines: str, imported: dict[str, tuple[str, str]] = CONTRACT) -> str:
    tree = ast.parse("\n".join(lines))
    return CanonicalText(tree, imported, is_reviewed=True).of(tree.body)


@pytest.mark.parametrize(("before", "after"), SAME)
def test_sentences_docstrings_comments_and_layout_do_not_count(before: str, after: str) -> None:
    assert text(before) == text(after)


@pytest.mark.parametrize(("before", "after"), DIFFERENT)
def test_numbers_names_operators_and_defaults_count(before: str, after: str) -> None:
    assert text(before) != text(after)


def test_no_two_statements_of_this_list_have_one_text() -> None:
    statements = sorted({statement for pair in DIFFERENT for statement in pair})
    assert not [pair for pair in combinations(statements, 2) if text(pair[0]) == text(pair[1])]


@pytest.mark.parametrize("shadow", SHADOWED)
def test_a_class_whose_name_may_be_another_keeps_its_text(shadow: str) -> None:
    assert text(shadow, 'Message("a-b", "Text.")') != text(shadow, 'Message("a-b", "Other.")')


def test_a_class_of_another_module_keeps_its_text() -> None:
    imported = {"Message": ("lab.formula", "Message")}
    before, after = (text(f'Message("a-b", "{word}")', imported=imported) for word in ("1", "2"))
    assert before != after


@pytest.mark.parametrize(
    "statement",
    ["x = float(message.text)", "y = f'{message}'", "x = str(error)", "x = '%s' % error", "x = getattr(error, name)"],
)
def test_what_may_read_a_sentence_is_recognised(statement: str) -> None:
    assert reads_sentences(ast.parse(statement).body[0])
    assert not reads_sentences(ast.parse("x = message.code").body[0])


REVIEWED_READS = {
    "analyses/coded_text.py": "defines the sentence",
    "analyses/consistency/conflicts.py": "calls a method of this name, of a number",
    "plugins/cell_design.py": "joins the reasons of several values in the reason of one",
    "plugins/consistency.py": "shows messages of one sentence once",
    "plugins/relaxation_time_series.py": "names a problem in a remark",
    "registry/contract/analysis_support/impedance/impedance_arcs.py": "repeats a reason in a note",
}
"""The code that analyses use and that reads a sentence, and why no number depends on it."""
OTHER_TEXTS = ("circuit", "self", "limit")
"""Names of what has a text that is no sentence of a message."""


def reads(paths: Iterable[Path]) -> set[str]:
    """The files that read a text which may be the sentence of a message."""
    return {
        str(path.relative_to(ROOT)) for path in paths for node in ast.walk(ast.parse(path.read_text())) if is_read(node)
    }


def is_read(node: ast.AST) -> bool:
    if not isinstance(node, ast.Attribute) or node.attr not in ("text", "template"):
        return False
    base = node.value
    name = base.attr if isinstance(base, ast.Attribute) else base.id if isinstance(base, ast.Name) else ""
    return name not in OTHER_TEXTS


def test_the_code_of_this_distribution_reads_sentences_only_where_no_number_depends_on_it() -> None:
    files = [*(ROOT / "plugins").glob("*.py"), *(ROOT / "analyses").rglob("*.py")]
    files += (ROOT / "registry/contract/analysis_support").rglob("*.py")
    assert reads(files) <= REVIEWED_READS.keys()
