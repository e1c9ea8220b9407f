"""What a plugin gave, kept beside its tests, so that no number changes without a new version.

A run in the registry names the version it was made with, and a new version marks what an older one gave as outdated.
A change of the numbers at the same version would leave old and new values side by side as if they were alike.
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
from registry.hookspecs import ParsedDataset, Series
from registry.sandbox.run_result import RunResult
from registry.testing.examples import EXAMPLES_VERSION

RELATIVE = 1e-6
"""Another processor or library adds up in another order, which moves the 12th digit; another formula, earlier ones."""
OF_UNCERTAINTY = 1e-3
"""Of the standard uncertainty: a fit ends when its residual hardly falls, up to 1e-4 of it from where another ends."""
OF_PICTURE = 1e-4
"""Of the height of a curve: less cannot be seen."""
DIGITS = 10
SHOWN = 3


@dataclass(frozen=True)
class Golden:
    """The folder with what plugins gave, a file each; with `update` what is out of date is written anew."""

    directory: Path
    update: bool = False

    def faults(self, name: str, version: str, outputs: Mapping[str, Any]) -> Iterator[str]:
        """Compare what was given now with what is kept."""
        path = self.directory / f"{re.sub(r'[^A-Za-z0-9_.-]+', '-', name)}.json"
        now = {"name": name, "version": version, "examples": EXAMPLES_VERSION, "outputs": outputs}
        if not path.exists():
            if self.update:
                return self._write(path, now)
            yield (
                f"{name} has no golden file {path}: write it with `pytest --update-golden`, look at its numbers, and "
                "keep it with the tests"
            )
            return
        kept = json.loads(path.read_text())
        tried_then = {form: given for form, given in kept["outputs"].items() if form in outputs}
        moved = differences(tried_then, {form: outputs[form] for form in tried_then})
        same_examples = kept["examples"] == EXAMPLES_VERSION and set(kept["outputs"]) == set(outputs)
        words = f"{'; '.join(moved[:SHOWN])}{f'; and {len(moved) - SHOWN} more' if len(moved) > SHOWN else ''}"
        if kept["version"] == version and kept["examples"] == EXAMPLES_VERSION and moved:
            yield (
                f"{name} {version} does not give what {path.name} holds of this version: {words}. Bump the version or "
                f"undo the change; then `pytest --update-golden`. If nobody has run {version} yet, or you changed the "
                f"examples, delete {path} and write it anew"
            )
        elif kept["version"] == version and same_examples:
            return
        elif self.update:
            self._write(path, now)
        elif kept["version"] != version:
            seen = f"look at what moved ({words})" if moved else "nothing moved"
            yield f"{path.name} is of {name} {kept['version']}, this is {version}: {seen}, and `pytest --update-golden`"
        else:
            yield f"the example inputs are others than {path.name} was written with: `pytest --update-golden`"

    def _write(self, path: Path, content: Mapping[str, Any]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def ended_summary(ended: RunResult) -> dict[str, Any]:
    """How an analysis ended, as it is kept: every value, and of each curve its extent."""
    if ended.status != "done":
        return {"status": ended.status}
    return {
        "status": ended.status,
        "values": {slug: _estimate(estimate) for slug, estimate in sorted(ended.values.items())},
        "not_computed": sorted(lacking.quantity for lacking in ended.outcome.not_computed),
        "curves": {
            curve.name: {series.name: _series(series) for series in curve.series} for curve in ended.outcome.curves
        },
    }


def datasets_summary(datasets: Sequence[ParsedDataset]) -> list[Any]:
    """What a reader gave, as it is kept: of each column its extent."""
    return [
        {
            "technique": dataset.technique,
            "label": dataset.label,
            "columns": {name: extent(column) for name, column in dataset.columns.items()},
        }
        for dataset in datasets
    ]


def _estimate(estimate: Estimate) -> dict[str, float]:
    columns = estimate_to_columns(estimate)
    return {name: _rounded(columns[name]) for name in ("magnitude", "lower", "upper", "standard_uncertainty")}


def _series(series: Series) -> dict[str, Any]:
    return {"x": extent(series.x), "y": extent(series.y)}


def extent(numbers: Any) -> dict[str, float]:
    """How many numbers there are, between which they lie, and about which."""
    column = np.asarray(numbers, dtype=float)
    finite = column[np.isfinite(column)]
    if not finite.size:
        return {"points": column.size}
    found = {"lowest": finite.min(), "highest": finite.max(), "mean": finite.mean()}
    return {"points": column.size, **{name: _rounded(number) for name, number in found.items()}}


def _rounded(number: float) -> float:
    return float(f"{number:.{DIGITS}g}")


def differences(kept: Any, now: Any, place: str = "") -> list[str]:
    """What is no longer as it was kept, beyond what differs from machine to machine."""
    if isinstance(kept, Mapping) and isinstance(now, Mapping):
        if "magnitude" in kept and "magnitude" in now:
            return _moved(kept, now, place, _of_estimate(kept))
        if "points" in kept and "points" in now:
            return _moved(kept, now, place, _of_extent(kept))
        found = []
        for name in dict.fromkeys([*kept, *now]):
            at = f"{place}, {name}" if place else str(name)
            if name in kept and name in now:
                found += differences(kept[name], now[name], at)
            else:
                found.append(f"{at}: {'no longer given' if name in kept else 'new'}")
        return found
    if isinstance(kept, list) and isinstance(now, list) and len(kept) == len(now):
        pairs = enumerate(zip(kept, now, strict=True), start=1)
        return [difference for number, pair in pairs for difference in differences(*pair, f"{place} {number}")]
    return [] if kept == now else [f"{place}: {kept!r}, now {now!r}"]


def _of_estimate(kept: Mapping[str, float]) -> dict[str, float]:
    """How far each of the numbers may move."""
    magnitude, uncertainty = abs(kept["magnitude"]), kept["standard_uncertainty"]
    allowed = max(RELATIVE * magnitude, OF_UNCERTAINTY * uncertainty)
    of_uncertainty = max(ROUND_OFF * magnitude, OF_UNCERTAINTY * uncertainty)
    return {name: of_uncertainty if name == "standard_uncertainty" else allowed for name in kept}


def _of_extent(kept: Mapping[str, float]) -> dict[str, float]:
    height = max(abs(kept.get("lowest", 0.0)), abs(kept.get("highest", 0.0)))
    return {name: 0.0 if name == "points" else OF_PICTURE * height for name in kept}


def _moved(kept: Mapping[str, float], now: Mapping[str, float], place: str, allowed: Mapping[str, float]) -> list[str]:
    if set(kept) != set(now):
        return [f"{place}: {kept}, now {now}"]
    for name, number in kept.items():
        if abs(now[name] - number) > allowed[name]:
            doubt = kept.get("standard_uncertainty", 0.0)
            times = f" ({abs(now[name] - number) / doubt:.2g} standard uncertainties)" if doubt else ""
            what = "" if name == "magnitude" else f" {name.replace('_', ' ')}"
            return [f"{place}:{what} {number:.6g}, now {now[name]:.6g}{times}"]
    return []
