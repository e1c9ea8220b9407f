"""Remarks of a run on a group, by kind."""

from registry.web.presentation.group_remarks import list_remark_kinds


def remarks(code: str, count: int) -> list[dict[str, str]]:
    return [{"code": code, "text": f"{code} {number}", "level": "info"} for number in range(count)]


def test_many_remarks_of_one_kind_are_folded_and_come_last() -> None:
    many, few = list_remark_kinds([*remarks("groups-differ", 5), *remarks("groups-of-cells", 1)])[::-1]
    assert (many.heading, many.count, many.is_folded) == ("Groups differ", 5, True)
    assert (few.code, few.is_folded) == ("groups-of-cells", False)


def test_a_page_shows_the_first_of_each_kind() -> None:
    (kind,) = list_remark_kinds(remarks("groups-differ", 5), most=3)
    assert [message["text"] for message in kind.messages] == [f"groups-differ {number}" for number in range(3)]
    assert kind.further == 2
