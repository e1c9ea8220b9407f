import numpy as np
import pytest

from analyses.uncertainty import Estimate
from plugins import cycling_summary
from registry.hookspecs import Columns, Message
from registry.testing import example_inputs, run_analysis
from tests.coded import message_of


def messages_of(form: str = "rows", columns: Columns | None = None, **facts: object) -> tuple[Message, ...]:
    inputs = example_inputs("cycling", facts, form=form, columns=columns)  # type: ignore[arg-type]
    return run_analysis(cycling_summary, inputs).messages


def codes(messages: tuple[Message, ...]) -> set[str]:
    return {message.code for message in messages}


def test_the_test_runs_from_the_start_of_the_file_for_its_test_time() -> None:
    inputs = example_inputs("cycling", form="rows")
    seconds = int(inputs.columns["test_time_second"][-1])
    message = message_of(messages_of(), "test-period", start="2024-03-05 09:30")
    assert message.parameters["end"] == str(np.datetime64("2024-03-05T09:30") + np.timedelta64(seconds, "s"))[
        :16
    ].replace("T", " ")


def test_time_stamps_of_the_rows_say_when_the_test_ran() -> None:
    rows = example_inputs("cycling", form="rows").columns["test_time_second"]
    stamps = 1_700_000_000 + np.linspace(0, 86400.0, rows.size)
    messages = messages_of(columns={"unix_time_second": stamps})
    assert message_of(messages, "test-period", start="2023-11-14 22:13+00:00", end="2023-11-15 22:13+00:00")


def test_a_per_cycle_table_has_only_a_start() -> None:
    assert message_of(messages_of("per-cycle table"), "test-start", start="2024-03-05 09:30")


def test_a_file_without_a_date_says_nothing() -> None:
    assert not {"test-start", "test-period"} & codes(messages_of(**{"dataset.start_time": None}))


ONE_C = {"measurement.one_c_ma_g": Estimate.exact(200.0)}


def test_gives_the_c_rates_of_the_groups() -> None:
    """12 mg/cm² × 0.7854 cm² × 70 % = 6.597 mg, so that 1C is 1.319 mA; formation at 0.132 mA, then 0.44 mA."""
    message = message_of(messages_of(**ONE_C), "c-rates", one_c_ma_g=200.0, rates=["formation 0.1C", "cycling 0.333C"])
    assert message.parameters["one_c_ma"] == pytest.approx(1.3194, abs=1e-3)


def test_says_what_is_missing_for_c_rates() -> None:
    facts = ONE_C | {"layers.1.mass_loading_mg_cm2": None}
    assert message_of(messages_of(**facts), "no-c-rates", one_c_ma_g=200.0)
    assert not {"c-rates", "no-c-rates"} & codes(messages_of())


def test_times_outside_the_calendar_are_a_warning() -> None:
    rows = example_inputs("cycling", form="rows").columns["test_time_second"]
    messages = messages_of(columns={"unix_time_second": np.linspace(0, 1e30, rows.size)})
    assert message_of(messages, "impossible-test-dates").level == "warning"
