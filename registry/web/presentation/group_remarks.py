"""Remarks of a run on a group of cells: those of one kind together, with their number."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from registry.web.presentation.text import typeset

FEW = 2
"""Remarks of one kind that are shown without a fold."""


@dataclass(frozen=True)
class RemarkKind:
    """All remarks of a run with one code."""

    code: str
    messages: Sequence[Mapping[str, Any]]
    """Those shown, with typeset text."""
    count: int

    @property
    def heading(self) -> str:
        """The code in words: `Groups differ`."""
        words = self.code.replace("-", " ")
        return words[:1].upper() + words[1:]

    @property
    def is_folded(self) -> bool:
        return self.count > FEW

    @property
    def further(self) -> int:
        """How many are not shown here."""
        return self.count - len(self.messages)


def list_remark_kinds(messages: Sequence[Mapping[str, Any]], most: int | None = None) -> list[RemarkKind]:
    """The kinds of remarks, those with few first, each with at most so many remarks in their order."""
    kinds: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for message in messages:
        kinds[message["code"]].append(message)
    shown = [
        RemarkKind(code, [{**message, "text": typeset(message["text"])} for message in of_kind[:most]], len(of_kind))
        for code, of_kind in kinds.items()
    ]
    return sorted(shown, key=lambda kind: kind.is_folded)
