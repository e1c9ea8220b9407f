"""Why a measurement uses none of its datasets, by code."""

from collections.abc import Callable
from typing import Any

from analyses.coded_text import Listed, Remark

SEVERAL_DATASETS = "several-datasets"


def undecided_dataset(code: str, parameter: Callable[[str], Any]) -> Remark:
    """Return the remark of a code, with parameters by name; LookupError if there is no such code."""
    match code:
        case "several-datasets":
            return Remark(
                "several-datasets",
                "there are {count} datasets ({filenames}): select one, declare which is the main data and which "
                "continues it, or create a measurement for each",
                filenames=Listed(parameter("filenames")),
                count=parameter("count"),
            )
        case "main-dataset-not-selected":
            return Remark(
                "main-dataset-not-selected",
                "one dataset is selected, but {filename} is declared as main data: select the latter, or change its "
                "role",
                filename=parameter("filename"),
            )
        case "main-dataset-without-data":
            return Remark(
                "main-dataset-without-data",
                "{filename}, the main data, cannot be used: its import failed or is pending",
                filename=parameter("filename"),
            )
        case "selected-dataset-does-not-match":
            return Remark(
                "selected-dataset-does-not-match",
                "the selected dataset does not match the technique: select another",
            )
    raise LookupError(f"no reason not to use a dataset has the code {code!r}")
