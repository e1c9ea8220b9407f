"""Names of cells, and values that say nothing in a comparison."""

from dataclasses import replace

from registry.contract.analysis_support.groups.compared_cells import constants_message, member_names, without_repeats
from registry.contract.place import Place
from tests.registry.contract.analysis_support.groups.test_matched_values import match, value


def test_cells_with_one_label_have_their_refcode_too() -> None:
    members = match([value(1)], [value(2, "M-00002")]).matched[0].members
    assert member_names(members) == {"C-00001": "C-00001", "C-00002": "C-00002"}
    for member in members:
        member._fact = {"members.C-00001.label": "bare", "members.C-00002.label": "bare"}.get
    assert member_names(members) == {"C-00001": "bare (C-00001)", "C-00002": "bare (C-00002)"}


def test_the_same_numbers_at_another_place_are_a_repeat() -> None:
    (matched,) = match([value(1)], [value(2, "M-00002")]).matched
    again = replace(matched, measured=matched.measured._replace(place=Place("group", 2)))
    assert without_repeats([matched, again]) == [matched]


def test_constants_are_named_once() -> None:
    (varying,) = match([value(1)], [value(2, "M-00002")]).matched
    (constant,) = match([value(1)], [value(1, "M-00002")]).matched
    assert constants_message([varying]) == []
    (message,) = constants_message([constant, constant])
    assert message.parameters["quantities"] == [constant.quantity]
