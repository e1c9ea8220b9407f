"""Every stated 95 % interval covers what it states: a few trials in the ordinary run, all of them by `-m slow`."""

from pathlib import Path

import pytest

from tests.calibration.studies import STUDIES, SUBJECTS
from tests.calibration.study import HIGHEST, Coverage, Study, coverage

PAGE = Path(__file__).parents[2] / "docs" / "uncertainty.md"
IDS = [study.name for study in STUDIES]


@pytest.mark.parametrize("study", STUDIES, ids=IDS)
def test_few_trials_show_no_gross_failure(study: Study) -> None:
    assert coverage(study, study.few).keeps(study)


@pytest.mark.slow
@pytest.mark.parametrize("study", STUDIES, ids=IDS)
def test_intervals_cover_93_to_97_of_100(study: Study) -> None:
    assert coverage(study, study.trials).keeps(study)


def test_names_are_unique() -> None:
    assert len(set(IDS)) == len(IDS)


def test_the_page_has_every_study() -> None:
    page = PAGE.read_text()
    for subject, studies in SUBJECTS.items():
        assert f"## {subject}\n" in page
        for study in studies:
            assert f"| {study.quantity} | {study.disturbance} |" in page.replace("\\|", "|"), study.name


def test_coverage_outside_the_bounds_is_found() -> None:
    study = Study("", "", lambda random: "inside")
    assert Coverage(1900, 100, 0).keeps(study)
    assert not Coverage(1840, 160, 0).keeps(study)
    assert not Coverage(1990, 10, 0).keeps(study)
    assert not Coverage(1500, 79, 421).keeps(study)
    assert Coverage(1990, 10, 0).keeps(Study("", "", study.trial, assumptions_hold=False))
    assert coverage(study, 3) == Coverage(3, 0, 0)
    assert Coverage(20, 0, 0).share > HIGHEST
