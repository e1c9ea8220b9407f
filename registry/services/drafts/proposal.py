"""Proposal for an uploaded file: technique, label, date and conditions, each with its source."""

from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.core.exceptions import ValidationError

from registry import plugin_loading
from registry.models import CellFormat, Dataset, FileDraft, Source
from registry.models.condition import condition_slugs
from registry.models.file_draft import EACH
from registry.sandbox.file_reader import ParsedPart
from registry.sandbox.manifest import ParsedImage
from registry.selectors.analysis_inputs.dataset_in_use import MOST_PARTS, dataset_column, dataset_state
from registry.selectors.files.file_draft import chosen_parts, kinds_of
from registry.services.measurement import check_conditions
from registry.text.file_name import conditions_in_name, is_of_camera, stem_of, words_of

MAX_LABEL_LENGTH = 160
CONSTANT_COLUMNS = {
    "stack_pressure_mpa": ("stack_pressure_megapascal", "{:.4g} MPa", 0.02),
    "temperature_degc": ("ambient_temperature_celsius", "{:.1f} °C", 0.05),
}
"""The column a condition is read from where it hardly varies, its text, and the largest span over its median."""
RANGES = ("frequency_hertz", "voltage_volt")
"""Columns of which the range says what was measured."""
TESTS_WITH_RATE = ("cycling", "symmetric_cycling")
SYMMETRIC, PHOTOGRAPH = "symmetric_cycling", "photograph"


def dump_part(part: ParsedPart, content_sha256: str) -> dict[str, Any]:
    """A dataset of a file as it is kept on a draft, with how many cycles it has and how long it took."""
    image = part.image
    entry = {
        "number": part.number,
        "technique": part.technique,
        "label": part.label,
        "columns": list(part.columns),
        "rows": part.rows,
        "header": dict(part.header),
        "messages": [dict(message) for message in part.messages],
        "start_time": part.start_time,
        "content_sha256": content_sha256,
        "image": image
        and {
            "width": image.width,
            "height": image.height,
            "grey_levels": image.grey_levels,
            "pixel_size_um": image.pixel_size_um,
        },
    }
    cycles, time = (dataset_column(_dataset(entry), name) for name in ("cycle_count", "test_time_second"))
    return {
        **entry,
        "cycles": np.unique(cycles).size if "current_ampere" in part.columns else 0,
        "seconds": float(np.ptp(time)) if time.size else 0.0,
        "range": _range(_dataset(entry)),
    }


def _range(dataset: Dataset) -> dict[str, list[float]]:
    """The least and the largest frequency, else voltage; empty without either."""
    name = next((name for name in RANGES if name in dataset.columns), "")
    numbers = dataset_column(dataset, name)
    return {name: [float(numbers.min()), float(numbers.max())]} if numbers.size else {}


def load_part(entry: dict[str, Any]) -> ParsedPart:
    """A dataset of a draft as its reader returned it, with its stored columns."""
    stored, root, image = _dataset(entry), Path(settings.MEDIA_ROOT), entry["image"]
    fields = ("number", "technique", "label", "rows", "header", "start_time")
    return ParsedPart(
        **{name: entry[name] for name in fields},
        columns=tuple(entry["columns"]),
        messages=tuple(entry["messages"]),
        path=root / (stored.image_path if image else stored.parquet_path),
        image=ParsedImage(
            width=image["width"],
            height=image["height"],
            grey_levels=image["grey_levels"],
            pixel_size_um=tuple(image["pixel_size_um"]) if image["pixel_size_um"] else None,
            thumbnail=root / stored.thumbnail_path,
        )
        if image
        else None,
    )


def _dataset(entry: dict[str, Any]) -> Dataset:
    return Dataset(columns=entry["columns"], content_sha256=entry["content_sha256"])


def propose(draft: FileDraft) -> None:
    """Set what is proposed for a file that has been read; what its owner has entered stays."""
    draft.recording = EACH if 1 < len(draft.parts) <= MOST_PARTS else ""
    propose_technique(draft)
    draft.label = draft.label or stem_of(draft.filename)[:MAX_LABEL_LENGTH]
    starts = {part["start_time"] for part in draft.parts} - {""}
    if draft.measured_on is None and starts:
        draft.measured_on = datetime.fromisoformat(min(starts)).date()


def propose_technique(draft: FileDraft) -> None:
    """Set the technique, which its cell may decide, and its conditions anew; what was entered stays."""
    if draft.technique_source != Source.ENTERED:
        draft.technique, draft.technique_source = _technique(draft)
    propose_conditions(draft)


def propose_conditions(draft: FileDraft) -> None:
    """Set the proposed conditions anew; those that were entered stay."""
    entered = {slug: item for slug, item in draft.conditions.items() if item["source"] == Source.ENTERED}
    in_name = conditions_in_name(draft.filename, may_have_rate=draft.technique in TESTS_WITH_RATE)
    proposed = {
        **{slug: {"text": text, "source": Source.NAME.value} for slug, text in in_name.items()},
        **{slug: {"text": text, "source": Source.FILE.value} for slug, text in _conditions_in_data(draft).items()},
    }
    valid = {slug: item for slug, item in proposed.items() if slug in condition_slugs() and _is_valid(slug, item)}
    draft.conditions = {**valid, **entered}


def _is_valid(slug: str, item: dict[str, str]) -> bool:
    try:
        check_conditions({slug: item["text"]})
    except ValidationError:
        return False
    return True


def _technique(draft: FileDraft) -> tuple[str, str]:
    """The technique that the file states, its name says, or its cell has, and the source; empty if it is not known."""
    kinds = kinds_of(draft)
    fitting = list(dict.fromkeys(slug for kind in kinds for slug in kind.fitting()))
    stated = next((kind.technique for kind in kinds if kind.technique), "")
    techniques = plugin_loading.current().techniques
    if stated and not techniques[stated].is_general:
        return stated, Source.FILE
    if named := _named_technique(draft, fitting):
        return named, Source.FILE if named == stated else Source.NAME
    if draft.cell and draft.cell.format == CellFormat.SYMMETRIC and SYMMETRIC in fitting:
        return SYMMETRIC, Source.CELL
    if stated or len(fitting) == 1:
        return stated or fitting[0], Source.FILE
    counted = [slug for slug in fitting if techniques[slug].is_general]
    if len(counted) == 1 and any(part["cycles"] > 1 for part in draft.parts):
        return counted[0], Source.FILE
    return "", ""


def _named_technique(draft: FileDraft, fitting: list[str]) -> str:
    """The one technique that a word of the file name says, or the name of a camera; empty if there is none."""
    if PHOTOGRAPH in fitting and is_of_camera(draft.filename):
        return PHOTOGRAPH
    words = words_of(draft.filename)
    names = {slug: {slug, *map(str.casefold, _names(slug))} for slug in fitting or plugin_loading.current().techniques}
    named = [slug for slug, own in names.items() if own & words]
    return named[0] if len(named) == 1 else ""


def _names(slug: str) -> tuple[str, str]:
    technique = plugin_loading.current().techniques[slug]
    return technique.short_name, technique.name


def _conditions_in_data(draft: FileDraft) -> dict[str, str]:
    """Conditions that do not vary within the dataset that is saved; those of several are set when they are split."""
    parts = chosen_parts(draft)
    if len(parts) != 1 or not draft.parts:
        return {}
    dataset = _dataset(draft.parts[parts[0]])
    conditions = dataset_state(dataset)
    if "frequency_hertz" not in dataset.columns or conditions.get("cycle_number") in ("0", "1"):
        # The number of the only cycle of a test is not a condition; the first is counted by each program.
        conditions.pop("cycle_number", None)
    if draft.technique in TESTS_WITH_RATE:
        # A short test of a flat voltage is held at a current, not at that voltage.
        conditions.pop("voltage_v", None)
    for slug, (name, text, largest_span) in CONSTANT_COLUMNS.items():
        numbers = dataset_column(dataset, name)
        if numbers.size and np.ptp(numbers) <= largest_span * abs(float(np.median(numbers))):
            conditions[slug] = text.format(float(np.median(numbers)))
    return conditions
