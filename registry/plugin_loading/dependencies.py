"""Dependencies between analyses, from the quantities they use and output."""

from collections.abc import Mapping, Sequence

from registry.hookspecs import Analysis


def producers(analyses: Mapping[str, Analysis], analysis: Analysis) -> list[str]:
    """The analyses that give a quantity this one uses; those of groups give none to a cell."""
    of_cells = (other for other in analyses.values() if other.scope != "group")
    return [other.name for other in of_cells if set(other.outputs) & set(analysis.depends_on)]


def cycle(analyses: Mapping[str, Analysis], added: Analysis) -> Sequence[str]:
    """The path by which an analysis would depend on itself if it were added, from its name to its name; empty if none.

    The others have no cycle among them, so any cycle passes through the one added.
    """
    every = {**analyses, added.name: added}
    paths = [[added.name]]
    seen = set()
    while paths:
        path = paths.pop(0)
        for name in producers(every, every[path[-1]]):
            if name == added.name:
                return [*path, name]
            if name not in seen:
                seen.add(name)
                paths.append([*path, name])
    return ()


def upstream(analyses: Mapping[str, Analysis]) -> Mapping[str, frozenset[str]]:
    """For each analysis those whose results it uses, directly or through others."""
    direct = {name: producers(analyses, analysis) for name, analysis in analyses.items()}
    known: dict[str, frozenset[str]] = {}

    def upstream_of(name: str) -> frozenset[str]:
        if name not in known:
            known[name] = frozenset(direct[name]).union(*(upstream_of(other) for other in direct[name]))
        return known[name]

    return {name: upstream_of(name) for name in analyses}


def rank(analyses: Mapping[str, Analysis]) -> Mapping[str, int]:
    """The position of each analysis in an order in which it follows those it depends on; else as registered."""
    depends_on = upstream(analyses)
    ordered = sorted(analyses, key=lambda name: len(depends_on[name]))
    return {name: position for position, name in enumerate(ordered)}


def depths(analyses: Mapping[str, Analysis]) -> Mapping[str, int]:
    """The longest chain of analyses each depends on: 0 if it uses no other's results."""
    direct = {name: producers(analyses, analysis) for name, analysis in analyses.items()}
    known: dict[str, int] = {}

    def depth_of(name: str) -> int:
        if name not in known:
            known[name] = max((depth_of(other) + 1 for other in direct[name]), default=0)
        return known[name]

    return {name: depth_of(name) for name in analyses}
