"""Known answers: sums worked by hand, and Welch-Satterthwaite (JCGM 100:2008, eq. G.2b)."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyses.component import Component, combine, effective_degrees_of_freedom, root_sum_of_squares

names = st.sampled_from(["fit", "geometry", "drift"])
causes = st.sampled_from(["", "thickness", "area"])
components = st.builds(
    Component,
    names,
    st.floats(-1e6, 1e6),
    shared=causes,
    degrees_of_freedom=st.one_of(st.just(math.inf), st.integers(1, 100)),
)


def test_shared_contributions_add_with_their_signs_and_others_in_quadrature() -> None:
    combined = combine(
        [
            Component("geometry", 3.0, shared="thickness"),
            Component("fit", 3.0),
            Component("geometry", -1.0, shared="thickness"),
            Component("fit", -4.0),
            Component("geometry", 6.0, shared="area"),
        ]
    )
    assert [(part.name, part.shared, part.contribution) for part in combined] == [
        ("geometry", "thickness", 2.0),
        ("fit", "", 5.0),
        ("geometry", "area", 6.0),
    ]
    assert root_sum_of_squares(combined) == pytest.approx(math.sqrt(4 + 25 + 36))


def test_a_shared_cause_that_cancels_is_gone() -> None:
    assert combine([Component("geometry", 0.1 + 0.2, shared="area"), Component("geometry", -0.3, shared="area")]) == ()


def test_degrees_of_freedom_of_merged_components_are_effective_ones() -> None:
    (merged,) = combine([Component("fit", 1.0, degrees_of_freedom=2), Component("fit", 2.0, degrees_of_freedom=8)])
    assert merged.degrees_of_freedom == pytest.approx(5**2 / (1 / 2 + 16 / 8))
    (shared,) = combine([Component("fit", 1.0, shared="a", degrees_of_freedom=n) for n in (2, 8)])
    assert shared.degrees_of_freedom == 2


@given(st.lists(components, max_size=12))
def test_combining_twice_changes_nothing(parts: list[Component]) -> None:
    once = combine(parts)
    assert combine(once) == once
    assert len({(part.name, part.shared) for part in once}) == len(once)


@given(st.lists(st.builds(Component, names, st.floats(1e-3, 1e3), degrees_of_freedom=st.integers(1, 100)), min_size=1))
def test_merging_keeps_uncertainty_and_degrees_of_freedom(parts: list[Component]) -> None:
    merged = combine(parts)
    assert root_sum_of_squares(merged) == pytest.approx(root_sum_of_squares(parts))
    assert effective_degrees_of_freedom(merged) == pytest.approx(effective_degrees_of_freedom(parts))


@pytest.mark.parametrize(("contribution", "degrees"), [(math.nan, 1), (math.inf, 1), (1.0, 0), (1.0, math.nan)])
def test_refuses_what_is_no_standard_uncertainty(contribution: float, degrees: float) -> None:
    with pytest.raises(ValueError, match=r"finite|above zero"):
        Component("fit", contribution, degrees_of_freedom=degrees)


def test_refuses_a_name_that_is_no_text() -> None:
    with pytest.raises(TypeError):
        Component(None, 1.0)  # type: ignore[arg-type]
