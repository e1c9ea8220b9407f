"""How an analysis ends when its data do not suffice."""

import pytest

from analyses.insufficient_data import InsufficientData
from registry.apart.executing import execute
from registry.hookspecs import Analysis, Inputs, Outcome, Refused


def too_few_cycles(inputs: Inputs) -> Outcome:
    raise InsufficientData("no fade: only 1 usable cycle")


def no_data(inputs: Inputs) -> Outcome:
    raise Refused("no data: upload the file of a cycling test")


@pytest.mark.parametrize(
    ("run", "reason"),
    [
        (too_few_cycles, "no fade: only 1 usable cycle"),
        (no_data, "no data: upload the file of a cycling test"),
    ],
)
def test_insufficient_data_ends_as_a_refusal_with_its_reason(run: object, reason: str) -> None:
    analysis = Analysis("fade", "1", "Fade", "Fade.", ("cycling",), ("capacity_fade_percent_per_cycle",), run)  # type: ignore[arg-type]
    ended = execute(analysis, Inputs({}))
    assert (ended.status, ended.text) == ("refused", reason)
