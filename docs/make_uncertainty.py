"""Generates docs/uncertainty.md: how often the stated 95 % intervals contain the truth, by interval and disturbance.

    .venv/bin/python docs/make_uncertainty.py            every study with all its trials
    .venv/bin/python docs/make_uncertainty.py WORD ...   the studies whose name contains a word; other rows stay
    .venv/bin/python docs/make_uncertainty.py --preliminary   the studies whose rows have fewer trials than they ask for

The studies are in tests/calibration; `make test-slow` runs them again.
"""

import argparse
import os
import sys
from collections import defaultdict
from collections.abc import Iterator
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
    remark = study.covers_more or ("" if study.is_valid else "refusal is correct")
    counted = covered.inside + covered.outside + covered.refused
    share = f"{covered.share:.1%}".replace("%", " %") if covered.inside + covered.outside else "all refused"
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


def _trials_of(row: str) -> int:
    return int(row.replace("\\|", "").split("|")[4])


def _part(indices: list[int], first: int, trials: int) -> list[Coverage]:
    """Return the coverages of studies of one simulation, which is simulated once."""
    return [coverage(STUDIES[index], trials, first=first) for index in indices]


def _by_simulation(indices: list[int]) -> list[list[int]]:
    groups = defaultdict(list)
    for index in indices:
        study = STUDIES[index]
        groups[study.simulation or study.name, study.trials].append(index)
    return list(groups.values())


def _measured(indices: list[int]) -> Iterator[tuple[Study, Coverage]]:
    groups = _by_simulation(indices)
    with ProcessPoolExecutor() as pool:
        parts = [
            [
                pool.submit(_part, group, first, min(PART, STUDIES[group[0]].trials - first))
                for first in range(0, STUDIES[group[0]].trials, PART)
            ]
            for group in groups
        ]
        for group, waiting in zip(groups, parts, strict=True):
            results = [part.result() for part in waiting]
            for number, index in enumerate(group):
                yield STUDIES[index], total(result[number] for result in results)


def main(words: list[str], *, preliminary: bool) -> None:
    """Measure the studies and write the page, after each study, so that a run cut short keeps what it measured."""
    lines = PAGE.read_text().splitlines() if PAGE.exists() else []
    rows = {_start(study): line for study in STUDIES for line in lines if line.startswith(_start(study))}

    def is_chosen(study: Study) -> bool:
        known = rows.get(_start(study))
        if preliminary and known is not None and _trials_of(known) >= study.trials:
            return False
        return not words or any(word in study.name for word in words)

    for study, covered in _measured([index for index, study in enumerate(STUDIES) if is_chosen(study)]):
        rows[_start(study)] = row(study, covered)
        sys.stdout.write(f"{'' if covered.keeps(study) else 'OUTSIDE THE BOUNDS '}{rows[_start(study)]}\n")
        sys.stdout.flush()
        PAGE.write_text(page(rows))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="*", metavar="WORD")
    parser.add_argument("--preliminary", action="store_true")
    arguments = parser.parse_args()
    main(arguments.words, preliminary=arguments.preliminary)
