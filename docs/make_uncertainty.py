"""Generates docs/uncertainty.md: how often the stated 95 % intervals hold the truth, by interval and disturbance.

    .venv/bin/python docs/make_uncertainty.py            every study with all its trials
    .venv/bin/python docs/make_uncertainty.py WORD ...   the studies whose name contains a word; other rows stay

The studies are in tests/calibration; `make test-slow` runs them again.
"""

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.calibration.studies import STUDIES, SUBJECTS  # noqa: E402
from tests.calibration.study import Coverage, Study, coverage, total  # noqa: E402

PAGE = Path(__file__).parent / "uncertainty.md"
TEXT = Path(__file__).parent / "uncertainty-head.md"
COLUMNS = """| Interval of | Disturbance | Assumptions | Trials | Covered | Refused | Remark |
| --- | --- | --- | ---: | ---: | ---: | --- |
"""
PART = 100


def row(study: Study, covered: Coverage) -> str:
    """Return the row of a study."""
    holds = "hold" if study.assumptions_hold else "do not hold"
    remark = study.covers_more or ("" if study.is_valid else "data that deserve a refusal")
    counted = covered.inside + covered.outside + covered.refused
    share = f"{covered.share:.1%}".replace("%", " %") if covered.inside + covered.outside else "none answered"
    refused = f"{covered.share_refused:.1%}".replace("%", " %")
    return f"{_start(study)} {holds} | {counted} | {share} | {refused} | {remark} |"


def page(rows: dict[str, str]) -> str:
    """Return the page with these rows, by the beginning of each; a test finds studies without a row."""
    parts = [TEXT.read_text().rstrip("\n")]
    for subject, studies in SUBJECTS.items():
        parts.append(
            f"## {subject}\n\n{COLUMNS}" + "\n".join(rows[_start(study)] for study in studies if _start(study) in rows)
        )
    return "\n\n".join(parts) + "\n"


def _start(study: Study) -> str:
    return "| {} | {} |".format(*(text.replace("|", "\\|") for text in (study.quantity, study.disturbance)))


def _part(index: int, first: int, trials: int) -> Coverage:
    return coverage(STUDIES[index], trials, first=first)


def _measured(words: list[str]) -> dict[str, str]:
    chosen = [index for index, study in enumerate(STUDIES) if not words or any(word in study.name for word in words)]
    rows = {}
    with ProcessPoolExecutor() as pool:
        parts = {
            index: [
                pool.submit(_part, index, first, min(PART, STUDIES[index].trials - first))
                for first in range(0, STUDIES[index].trials, PART)
            ]
            for index in chosen
        }
        for index, waiting in parts.items():
            study, covered = STUDIES[index], total(part.result() for part in waiting)
            rows[_start(study)] = row(study, covered)
            sys.stdout.write(f"{'' if covered.keeps(study) else 'OUTSIDE THE BOUNDS '}{rows[_start(study)]}\n")
            sys.stdout.flush()
    return rows


def main(words: list[str]) -> None:
    """Measure the studies and write the page."""
    lines = PAGE.read_text().splitlines() if PAGE.exists() and words else []
    known = {_start(study): line for study in STUDIES for line in lines if line.startswith(_start(study))}
    PAGE.write_text(page({**known, **_measured(words)}))


if __name__ == "__main__":
    main(sys.argv[1:])
