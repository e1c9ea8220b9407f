"""The texts of a form from requests and drafts, and changes of its rows."""

import pytest
from django.http import QueryDict

from registry.web.entry.base.form_state import FormState


def test_rows_are_read_in_the_order_of_the_page() -> None:
    post = QueryDict(
        "layers=7&layers=2&layers-2-role=anode&layers-7-role=cathode&layers-9-role=lost&label=A&action=save"
    )
    state = FormState.from_post(post, "layers")
    assert state.fields == {"label": "A"}
    assert state.rows == [{"role": "cathode"}, {"role": "anode"}]
    assert state.row_data("layers", 1) == {"layers-1-role": "anode"}


def test_nothing_of_a_long_form_is_lost() -> None:
    post = QueryDict(mutable=True)
    post.setlist("rows", [str(number) for number in range(300)] + ["x", "-1", "²"])
    post["notes"] = "x" * 100_000
    state = FormState.from_post(post, "rows")
    assert len(state.rows) == 300
    assert state.fields == {"notes": post["notes"]}


@pytest.mark.parametrize("data", [None, [], "x", {"fields": 3, "rows": "x"}, {"fields": {"a": 1}, "rows": [None]}])
def test_a_malformed_draft_is_empty(data: object) -> None:
    state = FormState.from_json(data)
    assert state.fields == {}
    assert not any(state.rows)


def test_a_draft_gives_the_state_back() -> None:
    state = FormState({"label": "A"}, [{"role": "anode"}, {}])
    assert FormState.from_json(state.as_json()) == state


@pytest.mark.parametrize(
    ("change", "order", "index"),
    [
        ("add", "abc+", 3),
        ("add:2", "abc++", 4),
        ("add:x", "abc+", 3),
        ("add:999", "abc+", 3),
        ("remove:0", "bc", 0),
        ("remove:2", "ab", 1),
        ("up:1", "bac", 0),
        ("down:1", "acb", 2),
        ("up:0", "abc", 0),
        ("down:2", "abc", 2),
        ("remove:3", "abc", None),
        ("remove:x", "abc", None),
        pytest.param("remove:" + "1" * 5000, "abc", None, id="too-long"),
        ("sideways:1", "abc", 1),
    ],
)
def test_rows_change(change: str, order: str, index: int | None) -> None:
    state = FormState(rows=[{"name": name} for name in "abc"])
    assert state.change_rows(change, {"name": "+"}) == index
    assert "".join(row["name"] for row in state.rows) == order
