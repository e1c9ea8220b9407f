"""The page of cases has the results of the plugins, and each contains the right answer."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    specification = importlib.util.spec_from_file_location("make_cases", DOCS / "make_cases.py")
    assert specification
    assert specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_the_page_is_up_to_date(maker: ModuleType) -> None:
    assert (DOCS / "cases.md").read_text(encoding="utf-8") == maker.page()


def test_every_result_holds_the_right_answer(maker: ModuleType) -> None:
    for case in maker.CASES:
        outcome = maker.outcome_of(case)
        if isinstance(outcome, str):
            assert case.right == {"code": outcome}, case.title
            continue
        for quantity, right in case.right.items():
            if quantity == "warning":
                assert maker.warning_of(outcome, right), case.title
                continue
            if reason := maker.reason_of(outcome, quantity):
                assert reason == right, (case.title, quantity)
                continue
            low, high = maker.estimate_of(outcome, quantity).interval()
            slack = 0.5 * 10.0 ** -len(right.partition(".")[2])
            assert low - slack <= float(right) <= high + slack, (case.title, quantity)
