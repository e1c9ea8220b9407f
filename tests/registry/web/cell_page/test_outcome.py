"""Reasons and warnings of runs, each shown once."""

import pytest

from registry.models import AnalysisRun, Measurement, RunStatus
from registry.web.cell_page.outcome import (
    ShownMessage,
    ShownOffer,
    get_reason,
    group_notes_with_offers,
    group_warnings,
    list_shared_refusals,
)

RETENTION = "Capacity retention and fade"


def make_run(*texts: str, analysis: str = "capacity-retention", level: str = "warning") -> AnalysisRun:
    messages = [{"level": level, "text": text, "code": "a-code"} for text in texts]
    return AnalysisRun(analysis=analysis, status=RunStatus.REFUSED, messages=messages)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("needs an area", "needs an area."), ("A charge only?", "A charge only?"), ("None is there.", "None is there.")],
)
def test_a_reason_ends_with_a_full_stop(text: str, sentence: str) -> None:
    assert get_reason(make_run(text)) == ShownMessage(sentence, "a-code")


def test_equal_warnings_of_two_analyses_are_one_under_both_titles() -> None:
    retention, summary = make_run("Drift."), make_run("Drift.", "Noise.", analysis="cycling-summary")
    assert group_warnings([retention, summary]) == [
        (ShownMessage("Drift.", "a-code"), [(RETENTION, retention), ("Cycling summary", summary)]),
        (ShownMessage("Noise.", "a-code"), [("Cycling summary", summary)]),
    ]


def test_a_note_is_not_a_warning() -> None:
    assert group_warnings([make_run("By the way.", level="info")]) == []


def test_refusals_are_shared_only_where_analysis_and_reason_are_the_same() -> None:
    first, second, third = (Measurement(refcode=f"M-{number}") for number in range(3))
    equal = [(first, make_run("needs rows")), (second, make_run("needs rows"))]
    others = [(third, make_run("needs an area")), (first, make_run("needs rows", analysis="cycling-summary"))]
    (refusal,) = list_shared_refusals([*equal, *others])
    assert (refusal.titles, refusal.reason, refusal.runs) == (
        (RETENTION,),
        ShownMessage("needs rows.", "a-code"),
        tuple(equal),
    )


def with_offers(pk: int, analysis: str, count: int) -> AnalysisRun:
    run = make_run(*(f"Outlier {number}." for number in range(count)), analysis=analysis)
    run.pk = pk
    for message in run.messages:
        message["offers"] = [{"label": f"Leave out {message['text']}"}]
    return run


def test_many_messages_of_one_kind_are_one_with_all_buttons() -> None:
    ((message, runs),) = group_warnings([with_offers(7, "capacity-retention", 4)])
    assert (message.text, len(message.others), len(message.offers), len(runs)) == ("Outlier 0.", 3, 4, 1)
    assert len(group_warnings([with_offers(7, "capacity-retention", 2)])) == 2


def test_equal_messages_of_two_analyses_are_one_with_a_button_for_each() -> None:
    two = [with_offers(7, "capacity-retention", 1), with_offers(8, "cycling-summary", 1)]
    ((message, runs),) = group_warnings(two)
    assert [offer.run for offer in message.offers] == [7, 8]
    assert all(title in offer.label for (title, _), offer in zip(runs, message.offers, strict=True))


def test_a_note_that_offers_a_change_is_shown_with_it() -> None:
    run = make_run("By the way.", level="info")
    run.pk, run.messages[0]["offers"] = 7, [{"parameter": "left_out", "value": "", "label": "Use it again"}]
    offer = ShownOffer(run=7, message=0, offer=0, label="Use it again")
    assert group_notes_with_offers([run, make_run("Plain.", level="info")]) == [
        (ShownMessage("By the way.", "a-code", (offer,)), [(RETENTION, run)])
    ]
