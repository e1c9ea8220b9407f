"""Golden files: results of a plugin stored with its tests, so that no number changes without a new version.

Each run in the registry records the version of its analysis, and a new version marks older results as outdated. If
numbers changed within a version, old and new values would look comparable although they are not.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from analyses.uncertainty import ROUND_OFF, Estimate
from registry.contract.estimate_encoding import estimate_to_columns
from registry.hookspecs import HeatMap, MaskedPicture, ParsedDataset, Plot, Series
from registry.sandbox.run_result import RunResult
from registry.testing.examples import EXAMPLES_VERSION

RELATIVE_TOLERANCE = 1e-6
"""Another processor or library sums in a different order, which changes the 12th digit; a new formula, earlier ones."""
UNCERTAINTY_TOLERANCE = 1e-3
"""Share of the standard uncertainty; the end points of a converged fit differ by up to 1e-4 of it."""
CURVE_TOLERANCE = 1e-4
"""Share of the height of a curve; less is not visible."""
DIGITS = 10
SHOWN = 3


@dataclass(frozen=True)
class Golden:
    """The directory of golden files; with `update`, outdated files are rewritten."""

    directory: Path
    update: bool = False

    def problems(self, name: str, version: str, outputs: Mapping[str, Any]) -> Iterator[str]:
        """Compare new outputs with the golden file."""
        path = self.directory / f"{re.sub(r'[^A-Za-z0-9_.-]+', '-', name)}.json"
        now = {"name": name, "version": version, "examples": EXAMPLES_VERSION, "outputs": outputs}
        if not path.exists():
            if self.update:
                return self._write(path, now)
            yield (
                f"{name} has no golden file {path}: write it with `pytest --update-golden`, check its numbers, and "
                "commit it with the tests"
            )
            return
        stored = json.loads(path.read_text())
        before = {form: output for form, output in stored["outputs"].items() if form in outputs}
        changes = differences(before, {form: outputs[form] for form in before})
        same_examples = stored["examples"] == EXAMPLES_VERSION and set(stored["outputs"]) == set(outputs)
        more = f"; and {len(changes) - SHOWN} more" if len(changes) > SHOWN else ""
        summary = f"{'; '.join(changes[:SHOWN])}{more}"
        if stored["version"] == version and stored["examples"] == EXAMPLES_VERSION and changes:
            yield (
                f"{name} {version} differs from {path.name} at the same version: {summary}. Bump the version or undo "
                f"the change, then run `pytest --update-golden`. If nobody has run {version} yet, or you changed the "
                f"examples, delete {path} and write it again"
            )
        elif stored["version"] == version and same_examples:
            return
        elif self.update:
            self._write(path, now)
        elif stored["version"] != version:
            review = f"check the changes ({summary})" if changes else "nothing changed"
            old = stored["version"]
            yield f"{path.name} is for {name} {old}, not {version}: {review}, then run `pytest --update-golden`"
        else:
            yield f"{path.name} was written with different example inputs: run `pytest --update-golden`"

    def _write(self, path: Path, content: Mapping[str, Any]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def result_summary(result: RunResult) -> dict[str, Any]:
    """Return the summary of a run for the golden file: every value, and the extent of each curve and column."""
    if result.status != "done":
        return {"status": result.status}
    cycles = result.outcome.cycles
    columns = {} if cycles is None else {slug: extent(numbers) for slug, numbers in sorted(cycles.columns.items())}
    return {
        "status": result.status,
        "values": {slug: _estimate(estimate) for slug, estimate in sorted(result.values.items())},
        "not_computed": sorted(missing.key for missing in result.outcome.not_computed),
        "curves": {plot.name: _plot(plot) for plot in result.outcome.curves},
        **({"cycles": columns} if columns else {}),
    }


def _plot(plot: Plot) -> dict[str, Any]:
    """Return the extent of every series or grid of a plot."""
    if isinstance(plot, HeatMap):
        return {name: extent(getattr(plot, f"{name}_values")) for name in ("x", "y", "z")}
    if isinstance(plot, MaskedPicture):
        return {name: extent(getattr(plot, name)) for name in ("picture", "mask")}
    return {series.name: _series(series) for series in plot.series}


def datasets_summary(datasets: Sequence[ParsedDataset]) -> list[Any]:
    """Return the summary of datasets for the golden file: the extent of each column."""
    return [
        {
            "technique": dataset.technique,
            "label": dataset.label,
            "columns": {name: extent(column) for name, column in dataset.columns.items()},
            **_image_summary(dataset),
        }
        for dataset in datasets
    ]


def _image_summary(dataset: ParsedDataset) -> dict[str, Any]:
    """Return the extent of an image and the size of its pixels; nothing for columns."""
    if dataset.image is None:
        return {}
    size = None if dataset.image.pixel_size_um is None else list(map(_rounded, dataset.image.pixel_size_um))
    shape = list(dataset.image.pixels.shape)
    return {"image": {"grey_levels": extent(dataset.image.pixels), "shape": shape, "pixel_size_um": size}}


def _estimate(estimate: Estimate) -> dict[str, float]:
    columns = estimate_to_columns(estimate)
    return {name: _rounded(columns[name]) for name in ("magnitude", "lower", "upper", "standard_uncertainty")}


def _series(series: Series) -> dict[str, Any]:
    columns = {"x": series.x, "y": series.y, "y_lower": series.y_lower, "y_upper": series.y_upper}
    return {name: extent(column) for name, column in columns.items() if column is not None}


def extent(numbers: Any) -> dict[str, float]:
    """Return number, minimum, maximum and mean of the finite numbers."""
    column = np.asarray(numbers, dtype=float)
    finite = column[np.isfinite(column)]
    if not finite.size:
        return {"points": column.size}
    statistics = {"lowest": finite.min(), "highest": finite.max(), "mean": finite.mean()}
    return {"points": column.size, **{name: _rounded(number) for name, number in statistics.items()}}


def _rounded(number: float) -> float:
    return float(f"{number:.{DIGITS}g}")


def differences(stored: Any, now: Any, path: str = "") -> list[str]:
    """Return differences from the stored output beyond those between machines."""
    if isinstance(stored, Mapping) and isinstance(now, Mapping):
        if "magnitude" in stored and "magnitude" in now:
            return _changed_numbers(stored, now, path, _estimate_tolerances(stored))
        if "points" in stored and "points" in now:
            return _changed_numbers(stored, now, path, _extent_tolerances(stored))
        changes = []
        for name in dict.fromkeys([*stored, *now]):
            at = f"{path}, {name}" if path else str(name)
            if name in stored and name in now:
                changes += differences(stored[name], now[name], at)
            else:
                changes.append(f"{at}: {'missing' if name in stored else 'new'}")
        return changes
    if isinstance(stored, list) and isinstance(now, list) and len(stored) == len(now):
        pairs = enumerate(zip(stored, now, strict=True), start=1)
        return [difference for number, pair in pairs for difference in differences(*pair, f"{path} {number}")]
    return [] if stored == now else [f"{path}: {stored!r}, now {now!r}"]


def _estimate_tolerances(stored: Mapping[str, float]) -> dict[str, float]:
    """Return the tolerance of each number."""
    magnitude, uncertainty = abs(stored["magnitude"]), stored["standard_uncertainty"]
    allowed = max(RELATIVE_TOLERANCE * magnitude, UNCERTAINTY_TOLERANCE * uncertainty)
    uncertainty_tolerance = max(ROUND_OFF * magnitude, UNCERTAINTY_TOLERANCE * uncertainty)
    return {name: uncertainty_tolerance if name == "standard_uncertainty" else allowed for name in stored}


def _extent_tolerances(stored: Mapping[str, float]) -> dict[str, float]:
    height = max(abs(stored.get("lowest", 0.0)), abs(stored.get("highest", 0.0)))
    return {name: 0.0 if name == "points" else CURVE_TOLERANCE * height for name in stored}


def _changed_numbers(
    stored: Mapping[str, float], now: Mapping[str, float], path: str, allowed: Mapping[str, float]
) -> list[str]:
    if set(stored) != set(now):
        return [f"{path}: {stored}, now {now}"]
    for name, number in stored.items():
        if abs(now[name] - number) > allowed[name]:
            uncertainty = stored.get("standard_uncertainty", 0.0)
            times = f" ({abs(now[name] - number) / uncertainty:.2g} standard uncertainties)" if uncertainty else ""
            what = "" if name == "magnitude" else f" {name.replace('_', ' ')}"
            return [f"{path}:{what} {number:.6g}, now {now[name]:.6g}{times}"]
    return []
