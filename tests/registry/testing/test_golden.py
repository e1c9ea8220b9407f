import json
from pathlib import Path

import pytest

from registry.testing.golden import Golden, differences, extent

GIVEN = {"eis": {"status": "done", "values": {"resistance_ohm": {
    "magnitude": 100.0, "lower": 99.0, "upper": 101.0, "standard_uncertainty": 2.0,
}}}}  # fmt: skip


def given(**numbers: float) -> dict:
    changed = GIVEN["eis"]["values"]["resistance_ohm"] | numbers  # type: ignore[index]
    return {"eis": {"status": "done", "values": {"resistance_ohm": changed}}}


@pytest.fixture
def kept(tmp_path: Path) -> Golden:
    assert list(Golden(tmp_path, update=True).faults("of one/ohm", "1", GIVEN)) == []
    return Golden(tmp_path)


def test_the_first_file_is_written_when_asked(kept: Golden) -> None:
    assert json.loads((kept.directory / "of-one-ohm.json").read_text())["version"] == "1"
    assert list(kept.faults("of one/ohm", "1", GIVEN)) == []


def test_a_file_that_is_not_there_says_how_it_is_made(tmp_path: Path) -> None:
    (fault,) = Golden(tmp_path).faults("ohm", "1", GIVEN)
    assert fault.startswith(f"ohm has no golden file {tmp_path}/ohm.json: write it with `pytest --update-golden`")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"magnitude": 100.3}, "eis, values, resistance_ohm: 100, now 100.3 (0.15 standard uncertainties)"),
        ({"upper": 102.0}, "resistance_ohm: upper 101, now 102"),
        ({"standard_uncertainty": 2.1}, "resistance_ohm: standard uncertainty 2, now 2.1"),
    ],
)
@pytest.mark.parametrize("update", [False, True])
def test_a_number_that_moved_at_the_same_version_is_never_written_over(
    kept: Golden, changed: dict, told: str, update: bool
) -> None:
    (fault,) = Golden(kept.directory, update).faults("of one/ohm", "1", given(**changed))
    assert told in fault
    assert "Bump the version or undo the change" in fault


def test_noise_of_the_machine_is_no_change(kept: Golden) -> None:
    assert list(kept.faults("of one/ohm", "1", given(magnitude=100 + 1e-9, standard_uncertainty=2 + 1e-8))) == []


def test_a_fit_may_end_a_thousandth_of_its_uncertainty_elsewhere(kept: Golden) -> None:
    assert list(kept.faults("of one/ohm", "1", given(magnitude=100.0019))) == []
    assert list(kept.faults("of one/ohm", "1", given(magnitude=100.0021))) != []


def test_a_number_without_scatter_may_move_by_a_millionth() -> None:
    exact = {"magnitude": 2.0, "lower": 2.0, "upper": 2.0, "standard_uncertainty": 0.0}
    assert differences(exact, exact | {"magnitude": 2.0 + 1e-6}) == []
    assert differences(exact, exact | {"magnitude": 2.0 + 3e-6}) != []


def test_a_quantity_gained_or_lost_and_another_ending_are_changes() -> None:
    assert differences({"a": 1}, {"b": 1}) == ["a: no longer given", "b: new"]
    assert differences({"status": "done"}, {"status": "refused"}) == ["status: 'done', now 'refused'"]


def test_a_new_version_asks_for_a_new_file_and_says_what_moved(kept: Golden) -> None:
    (fault,) = kept.faults("of one/ohm", "2", given(magnitude=101.0))
    assert "is of of one/ohm 1, this is 2: look at what moved (eis, values, resistance_ohm: 100, now 101" in fault
    assert list(Golden(kept.directory, update=True).faults("of one/ohm", "2", given(magnitude=101.0))) == []
    assert list(kept.faults("of one/ohm", "2", given(magnitude=101.0))) == []


def test_an_example_more_asks_for_a_new_file_and_not_for_a_new_version(kept: Golden) -> None:
    more = GIVEN | {"cycling": {"status": "refused"}}
    (fault,) = kept.faults("of one/ohm", "1", more)
    assert "the example inputs are others than" in fault
    assert list(Golden(kept.directory, update=True).faults("of one/ohm", "1", more)) == []


def test_a_curve_is_kept_by_its_extent() -> None:
    assert extent([1.0, 2.0, 6.0]) == {"points": 3, "lowest": 1.0, "highest": 6.0, "mean": 3.0}
    assert extent([float("nan"), 2.0]) == {"points": 2, "lowest": 2.0, "highest": 2.0, "mean": 2.0}
    assert extent([]) == {"points": 0}


def test_a_curve_may_move_by_less_than_can_be_seen() -> None:
    before = extent([0.0, 50.0, 100.0])
    assert differences(before, extent([0.0, 50.0, 100.009])) == []
    assert differences(before, extent([0.0, 50.0, 100.02])) == [": highest 100, now 100.02"]
    assert differences(before, extent([0.0, 100.0])) == [": points 3, now 2"]


def test_round_off_in_place_of_no_uncertainty_is_no_change(tmp_path: Path) -> None:
    assert list(Golden(tmp_path, update=True).faults("ohm", "1", given(**exact_numbers(0.0)))) == []
    for uncertainty in (3.5e-14, 4.2e-14):
        assert list(Golden(tmp_path).faults("ohm", "1", given(**exact_numbers(uncertainty)))) == []
    assert list(Golden(tmp_path).faults("ohm", "1", given(**exact_numbers(1e-9)))) != []


def exact_numbers(standard_uncertainty: float) -> dict[str, float]:
    return {"lower": 100.0, "upper": 100.0, "standard_uncertainty": standard_uncertainty}
