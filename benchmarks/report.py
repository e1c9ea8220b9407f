"""The page of results."""

from collections.abc import Sequence
from dataclasses import dataclass

MOST_QUERIES = 10
MOST_TIMES = 3.0


@dataclass(frozen=True)
class Comparison:
    """One task, done by Cellar and by the least code that could do it."""

    task: str
    beside: str
    seconds: float
    seconds_beside: float
    queries: int
    size: str
    bounded: bool = True

    @property
    def ratio(self) -> float:
        return self.seconds / self.seconds_beside

    @property
    def holds(self) -> bool:
        return self.ratio <= MOST_TIMES and self.queries <= MOST_QUERIES


@dataclass(frozen=True)
class Measured:
    """All that was measured on one database."""

    database: str
    machine: str
    comparisons: Sequence[dict[str, object]]
    profile: Sequence[str]
    """Where the time of the slowest bounded task goes."""


HEAD = """# Benchmarks

Written by `make bench`. A ratio is Cellar's time over that of the least code that does the same on the same data in
the same process, each the median of several alternating warm rounds; ratios travel between machines, milliseconds do
not. The data are made by a seeded generator (`benchmarks/data.py`): 10,000 cells with 30,000 layers, 15,000
measurements and 67,500 values.

Bounds: at most {queries} SQL queries, whatever the length, and at most {times:g} times the hand-written SQL
(`benchmarks/by_hand.py`).
"""


def page(measured: Sequence[Measured]) -> str:
    """The results as Markdown."""
    parts = [HEAD.format(queries=MOST_QUERIES, times=MOST_TIMES)]
    for one in measured:
        comparisons = [Comparison(**fields) for fields in one.comparisons]  # type: ignore[arg-type]
        parts.append(f"## {one.database}\n\n{one.machine}\n\n{_table(comparisons)}\n")
        parts.append("Where the time of the worst of these goes:\n\n```\n" + "\n".join(one.profile) + "\n```\n")
    return "\n".join(parts)


def _table(comparisons: Sequence[Comparison]) -> str:
    lines = [
        "| task | size | beside | ratio | ms | ms beside | SQL queries | within bounds |",
        "| --- | --- | --- | ---: | ---: | ---: | ---: | --- |",
    ]
    for one in comparisons:
        verdict = ("yes" if one.holds else "**no**") if one.bounded else "no bound"
        lines.append(
            f"| {one.task} | {one.size} | {one.beside} | {one.ratio:.2f} | {one.seconds * 1e3:.1f} "
            f"| {one.seconds_beside * 1e3:.1f} | {one.queries} | {verdict} |"
        )
    return "\n".join(lines)
