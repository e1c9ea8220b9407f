"""Which analyses take the results of which: by the quantities they use and give."""

from collections.abc import Mapping, Sequence

from registry.hookspecs import Analysis


def givers(analyses: Mapping[str, Analysis], analysis: Analysis) -> list[str]:
    """The analyses that give a quantity this one uses."""
    return [one.name for one in analyses.values() if set(one.outputs) & set(analysis.depends_on)]


def cycle(analyses: Mapping[str, Analysis], added: Analysis) -> Sequence[str]:
    """The path by which an analysis would wait for itself if it were added, from its name to its name; empty if none.

    Those there already wait for none of themselves, so any cycle passes through the one added.
    """
    every = {**analyses, added.name: added}
    paths = [[added.name]]
    seen = set()
    while paths:
        path = paths.pop(0)
        for name in givers(every, every[path[-1]]):
            if name == added.name:
                return [*path, name]
            if name not in seen:
                seen.add(name)
                paths.append([*path, name])
    return ()


def upstream(analyses: Mapping[str, Analysis]) -> Mapping[str, frozenset[str]]:
    """For each analysis those whose results it takes, directly or through others."""
    direct = {name: givers(analyses, analysis) for name, analysis in analyses.items()}
    found: dict[str, frozenset[str]] = {}

    def of(name: str) -> frozenset[str]:
        if name not in found:
            found[name] = frozenset(direct[name]).union(*(of(one) for one in direct[name]))
        return found[name]

    return {name: of(name) for name in analyses}


def rank(analyses: Mapping[str, Analysis]) -> Mapping[str, int]:
    """The place of each analysis in an order in which none comes before one it waits for; else as registered."""
    waits_for = upstream(analyses)
    ordered = sorted(analyses, key=lambda name: len(waits_for[name]))
    return {name: place for place, name in enumerate(ordered)}


def depths(analyses: Mapping[str, Analysis]) -> Mapping[str, int]:
    """How many steps of waiting lie before each analysis: 0 if it takes no other's results."""
    direct = {name: givers(analyses, analysis) for name, analysis in analyses.items()}
    found: dict[str, int] = {}

    def of(name: str) -> int:
        if name not in found:
            found[name] = max((of(one) + 1 for one in direct[name]), default=0)
        return found[name]

    return {name: of(name) for name in analyses}
