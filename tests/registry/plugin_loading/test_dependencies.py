"""Which analyses wait for which, by the quantities they use and give."""

import pytest

from registry.hookspecs import Analysis, Outcome
from registry.plugin_loading import dependencies


def analyses(**flows: str) -> dict[str, Analysis]:
    """Name → 'uses>gives', each a word or words with commas."""
    made = {}
    for name, flow in flows.items():
        depends_on, outputs = (tuple(filter(None, side.split(","))) for side in flow.split(">"))
        made[name] = Analysis(name, "1", name, "", ("eis",), outputs, lambda inputs: Outcome(), depends_on=depends_on)
    return made


CHAIN = analyses(last="b>c", first=">a", middle="a>b", apart=">z")


def test_upstream_goes_all_the_way() -> None:
    assert dependencies.upstream(CHAIN) == {
        "last": frozenset({"middle", "first"}),
        "middle": frozenset({"first"}),
        "first": frozenset(),
        "apart": frozenset(),
    }


def test_none_comes_before_one_it_waits_for_and_else_as_registered() -> None:
    ranks = dependencies.rank(CHAIN)
    assert sorted(CHAIN, key=lambda name: ranks[name]) == ["first", "apart", "middle", "last"]


def test_counts_the_steps_before_each() -> None:
    assert dependencies.depths(CHAIN) == {"last": 2, "first": 0, "middle": 1, "apart": 0}


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
