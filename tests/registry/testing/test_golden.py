import json
import re
from pathlib import Path

import pytest

from registry.testing.golden import Golden, differences, extent

OUTPUTS = {"eis": {"status": "done", "values": {"resistance_ohm": {
    "magnitude": 100.0, "lower": 99.0, "upper": 101.0, "standard_uncertainty": 2.0,
}}}}  # fmt: skip


def outputs(**numbers: float) -> dict:
    changed = OUTPUTS["eis"]["values"]["resistance_ohm"] | numbers  # type: ignore[index]
    return {"eis": {"status": "done", "values": {"resistance_ohm": changed}}}


@pytest.fixture
def golden(tmp_path: Path) -> Golden:
    assert list(Golden(tmp_path, update=True).problems("of one/ohm", "1", OUTPUTS)) == []
    return Golden(tmp_path)


def test_writes_the_first_file_with_update(golden: Golden) -> None:
    assert json.loads((golden.directory / "of-one-ohm.json").read_text())["version"] == "1"
    assert list(golden.problems("of one/ohm", "1", OUTPUTS)) == []


def test_a_missing_file_is_reported_with_the_command(tmp_path: Path) -> None:
    (problem,) = Golden(tmp_path).problems("ohm", "1", OUTPUTS)
    assert re.match(rf"ohm .*{re.escape(str(tmp_path))}/ohm\.json: .*`pytest --update-golden`", problem)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"magnitude": 100.3}, "eis, values, resistance_ohm: 100, now 100.3 (0.15 standard uncertainties)"),
        ({"upper": 102.0}, "resistance_ohm: upper 101, now 102"),
        ({"standard_uncertainty": 2.1}, "resistance_ohm: standard uncertainty 2, now 2.1"),
    ],
)
@pytest.mark.parametrize("update", [False, True])
def test_never_overwrites_changed_numbers_at_the_same_version(
    golden: Golden, changed: dict, expected: str, update: bool
) -> None:
    stored = {path: path.read_bytes() for path in golden.directory.iterdir()}
    (problem,) = Golden(golden.directory, update).problems("of one/ohm", "1", outputs(**changed))
    assert expected in problem
    assert {path: path.read_bytes() for path in golden.directory.iterdir()} == stored


def test_ignores_round_off(golden: Golden) -> None:
    assert list(golden.problems("of one/ohm", "1", outputs(magnitude=100 + 1e-9, standard_uncertainty=2 + 1e-8))) == []


def test_tolerates_a_thousandth_of_the_uncertainty(golden: Golden) -> None:
    assert list(golden.problems("of one/ohm", "1", outputs(magnitude=100.0019))) == []
    assert list(golden.problems("of one/ohm", "1", outputs(magnitude=100.0021))) != []


def test_tolerates_a_millionth_of_an_exact_number() -> None:
    exact = {"magnitude": 2.0, "lower": 2.0, "upper": 2.0, "standard_uncertainty": 0.0}
    assert differences(exact, exact | {"magnitude": 2.0 + 1e-6}) == []
    assert differences(exact, exact | {"magnitude": 2.0 + 3e-6}) != []


def test_new_and_missing_quantities_and_status_are_differences() -> None:
    assert differences({"a": 1}, {"b": 1}) == ["a: missing", "b: new"]
    assert differences({"status": "done"}, {"status": "refused"}) == ["status: 'done', now 'refused'"]


def test_a_new_version_needs_a_new_file(golden: Golden) -> None:
    (problem,) = golden.problems("of one/ohm", "2", outputs(magnitude=101.0))
    assert re.search(r"of one/ohm 1, not 2: .*\(eis, values, resistance_ohm: 100, now 101", problem)
    assert list(Golden(golden.directory, update=True).problems("of one/ohm", "2", outputs(magnitude=101.0))) == []
    assert list(golden.problems("of one/ohm", "2", outputs(magnitude=101.0))) == []


def test_a_new_example_needs_a_new_file_but_no_new_version(golden: Golden) -> None:
    more = OUTPUTS | {"cycling": {"status": "refused"}}
    (problem,) = golden.problems("of one/ohm", "1", more)
    assert problem.startswith("of-one-ohm.json ")
    assert list(Golden(golden.directory, update=True).problems("of one/ohm", "1", more)) == []


def test_extent_of_a_curve() -> None:
    assert extent([1.0, 2.0, 6.0]) == {"points": 3, "lowest": 1.0, "highest": 6.0, "mean": 3.0}
    assert extent([float("nan"), 2.0]) == {"points": 2, "lowest": 2.0, "highest": 2.0, "mean": 2.0}
    assert extent([]) == {"points": 0}


def test_tolerates_invisible_changes_of_a_curve() -> None:
    before = extent([0.0, 50.0, 100.0])
    assert differences(before, extent([0.0, 50.0, 100.009])) == []
    assert differences(before, extent([0.0, 50.0, 100.02])) == [": highest 100, now 100.02"]
    assert differences(before, extent([0.0, 100.0])) == [": points 3, now 2"]


def test_ignores_round_off_uncertainty(tmp_path: Path) -> None:
    assert list(Golden(tmp_path, update=True).problems("ohm", "1", outputs(**exact_numbers(0.0)))) == []
    for uncertainty in (3.5e-14, 4.2e-14):
        assert list(Golden(tmp_path).problems("ohm", "1", outputs(**exact_numbers(uncertainty)))) == []
    assert list(Golden(tmp_path).problems("ohm", "1", outputs(**exact_numbers(1e-9)))) != []


def exact_numbers(standard_uncertainty: float) -> dict[str, float]:
    return {"lower": 100.0, "upper": 100.0, "standard_uncertainty": standard_uncertainty}
