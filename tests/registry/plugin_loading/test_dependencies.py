"""Dependencies between analyses by their input and output quantities."""

import pytest

from registry.hookspecs import Analysis, Outcome
from registry.plugin_loading import dependencies


def analyses(**flows: str) -> dict[str, Analysis]:
    """Analyses by name from 'depends_on>outputs', each a comma-separated list."""
    by_name = {}
    for name, flow in flows.items():
        depends_on, outputs = (tuple(filter(None, side.split(","))) for side in flow.split(">"))
        by_name[name] = Analysis(
            name=name,
            version="1",
            title=name,
            description="",
            techniques=("eis",),
            outputs=outputs,
            run=lambda inputs: Outcome(),
            depends_on=depends_on,
        )
    return by_name


CHAIN = analyses(last="b>c", first=">a", middle="a>b", separate=">z")


def test_upstream_is_transitive() -> None:
    assert dependencies.upstream(CHAIN) == {
        "last": frozenset({"middle", "first"}),
        "middle": frozenset({"first"}),
        "first": frozenset(),
        "separate": frozenset(),
    }


def test_rank_follows_dependencies_then_registration_order() -> None:
    ranks = dependencies.rank(CHAIN)
    assert sorted(CHAIN, key=lambda name: ranks[name]) == ["first", "separate", "middle", "last"]


def test_depth_counts_the_steps_upstream() -> None:
    assert dependencies.depths(CHAIN) == {"last": 2, "first": 0, "middle": 1, "separate": 0}


@pytest.mark.parametrize(
    ("flows", "added", "path"),
    [
        ({}, "a>a", ["new", "new"]),
        ({"one": "b>a"}, "a>b", ["new", "one", "new"]),
        ({"one": "c>b", "two": "b>a"}, "a>c", ["new", "two", "one", "new"]),
        ({"one": ">a", "two": "a>b"}, "b>c", []),
    ],
)
def test_names_the_path_of_a_cycle(flows: dict[str, str], added: str, path: list[str]) -> None:
    new = analyses(new=added)["new"]
    assert list(dependencies.cycle(analyses(**flows), new)) == path
