"""The page docs/benchmarks.md."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

MAX_QUERIES = 10
MAX_RATIO = 3.0
LINE = 118


@dataclass(frozen=True)
class Comparison:
    """One task, done by Cellar and by a minimal reference."""

    task: str
    reference: str
    seconds: float
    reference_seconds: float
    queries: int
    size: str
    bounded: bool = True

    @property
    def ratio(self) -> float:
        return self.seconds / self.reference_seconds

    @property
    def holds(self) -> bool:
        return self.ratio <= MAX_RATIO and self.queries <= MAX_QUERIES


@dataclass(frozen=True)
class Measured:
    """All measurements on one database."""

    database: str
    machine: str
    comparisons: Sequence[dict[str, object]]
    profile: Sequence[str]
    """Profile of the slowest bounded task."""


@dataclass(frozen=True)
class Bounded:
    """A ratio with its upper bound."""

    task: str
    size: str
    reference: str
    ratio: float
    bound: float | None
    measured: str
    """The two numbers, with their units."""

    @property
    def verdict(self) -> str:
        if self.bound is None:
            return "no bound"
        return "yes" if self.ratio <= self.bound else "**no**"


@dataclass(frozen=True)
class Section:
    """Results of one benchmark; without rows, the text gives the reason."""

    title: str
    text: str
    rows: Sequence[Bounded] = ()
    blocks: Sequence[str] = field(default=())
    """Markdown below the table."""

    @classmethod
    def of(cls, data: dict[str, Any]) -> "Section":
        """Restore a section from JSON."""
        return cls(**data | {"rows": [Bounded(**row) for row in data["rows"]]})

    def text_block(self) -> str:
        """Return the section as Markdown."""
        parts = [f"## {self.title}", "\n".join(textwrap.wrap(self.text, LINE))]
        if self.rows:
            parts.append(_bounded_table(self.rows))
        return "\n\n".join([*parts, *self.blocks]) + "\n"


INTRODUCTION = """# Benchmarks

Written by `make bench`. Every ratio compares Cellar with a reference on the same data, in one run on one machine.
Ratios are comparable between machines, milliseconds are not.

Pages and tables are compared with hand-written SQL for the same rows (`benchmarks/by_hand.py`) in the same process,
each the fastest of several alternating warm rounds, because other load only adds time. The bounds are {queries} SQL
queries, independent of the length, and {times:g} times the time. The data come from a seeded generator
(`benchmarks/data.py`): 10,000 cells with 30,000 layers, 15,000 measurements with 60,000 conditions, and 67,500 values.
"""


def page(measured: Sequence[Measured], sections: Sequence[Section]) -> str:
    """Return the results as Markdown."""
    parts = [INTRODUCTION.format(queries=MAX_QUERIES, times=MAX_RATIO)]
    for database in measured:
        comparisons = [Comparison(**fields) for fields in database.comparisons]  # type: ignore[arg-type]
        parts.append(f"## {database.database}\n\n{database.machine}\n\n{_table(comparisons)}\n")
        parts.append("Profile of the slowest task:\n\n```\n" + "\n".join(database.profile) + "\n```\n")
    parts += [section.text_block() for section in sections]
    return "\n".join(parts)


def _bounded_table(rows: Sequence[Bounded]) -> str:
    lines = [
        "| task | size | reference | ratio | bound | measured | within bounds |",
        "| --- | --- | --- | ---: | ---: | --- | --- |",
    ]
    for row in rows:
        bound = "" if row.bound is None else f"{row.bound:.3g}"
        lines.append(
            f"| {row.task} | {row.size} | {row.reference} | {row.ratio:.3g} "
            f"| {bound} | {row.measured} | {row.verdict} |"
        )
    return "\n".join(lines)


def _table(comparisons: Sequence[Comparison]) -> str:
    lines = [
        "| task | size | reference | ratio | ms | reference ms | SQL queries | within bounds |",
        "| --- | --- | --- | ---: | ---: | ---: | ---: | --- |",
    ]
    for row in comparisons:
        verdict = ("yes" if row.holds else "**no**") if row.bounded else "no bound"
        lines.append(
            f"| {row.task} | {row.size} | {row.reference} | {row.ratio:.2f} | {row.seconds * 1e3:.1f} "
            f"| {row.reference_seconds * 1e3:.1f} | {row.queries} | {verdict} |"
        )
    return "\n".join(lines)
