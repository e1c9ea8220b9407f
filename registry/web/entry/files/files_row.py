"""One file to confirm as its row shows it: what was recognised, what is proposed and from where, and its state."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils.text import capfirst

from registry import plugin_loading
from registry.hookspecs import Message
from registry.models import ColumnMapping, FileDraft, Source
from registry.models.condition import condition_example, condition_slugs, in_order
from registry.models.file_draft import ALL, EACH
from registry.models.vocabulary import registered_names
from registry.numbers import catalogue
from registry.numbers.formatting import to_typographic
from registry.plugin_loading.names import condition_name, short_technique_name
from registry.selectors.column_mapping import Suggestion, suggestion_of
from registry.selectors.files.file_draft import SameFile, find_obstacle, fitting_techniques, is_kept_unread
from registry.selectors.files.file_draft_target import Target
from registry.services.entry.interpretation import interpret
from registry.text.file_name import stem_of
from registry.web.entry.base.quantity_field import QuantityField

ATTACHMENT = "attachment"
"""In place of a technique: the file is attached to the cell as it is."""
STATES = {
    "file-being-read": ("reading", "running"),
    "no-cell": ("no cell in name", "warn"),
    "another-cell-named": ("check the cell", "warn"),
    "already-attached": ("already on this cell", "warn"),
    "already-there": ("already on this cell", "warn"),
    "not-recognised": ("not recognised", "bad"),
    "several-recordings": ("several datasets", "warn"),
    "no-technique": ("choose a technique", "warn"),
    "technique-mismatch": ("technique does not fit", "bad"),
    "technique-not-registered": ("unknown technique", "bad"),
    "condition-not-understood": ("check the conditions", "bad"),
}
"""Short text and class of the state for each obstacle."""
SAID_BY_STATE = ("file-being-read", "no-cell", "no-technique", "several-recordings")
SECONDS_PER_HOUR, SECONDS_PER_DAY = 3600.0, 86400.0


@dataclass(frozen=True)
class DraftRow:
    """A file to confirm with all its row needs."""

    draft: FileDraft
    same: SameFile
    mappings: Sequence[ColumnMapping]
    """Saved column mappings its project may use."""
    targets: Sequence[Target] = ()
    """Measurements the file can be added to."""
    error: str = ""
    """Why what was just entered is not taken."""

    @property
    def stem(self) -> str:
        """The name of the file without its ending, which may become that of a cell."""
        return stem_of(self.draft.filename)

    @property
    def prefix(self) -> str:
        """Prefix of the names of its inputs."""
        return f"d{self.draft.pk}"

    @cached_property
    def obstacle(self) -> Message | None:
        """Why it cannot be saved as it is; None if it is ready."""
        if obstacle := find_obstacle(self.draft, self.same):
            return obstacle
        faulty = [slug for slug, item in self._conditions.items() if interpret(slug, item["text"]).kind == "error"]
        if self.draft.is_attachment or self.draft.measurement_id or not faulty:
            return None
        names = ", ".join(condition_name(slug) for slug in faulty)
        return Message("condition-not-understood", "Correct {names}.", level="warning", names=names)

    @property
    def is_ready(self) -> bool:
        return self.obstacle is None

    @property
    def is_elsewhere(self) -> bool:
        """Whether another record has the file."""
        return bool(self.same.datasets or self.same.attachments)

    @property
    def needs_mapping(self) -> bool:
        return self.suggestion is not None and self.draft.mapping_used is None

    @property
    def state(self) -> tuple[str, str]:
        """A short text and the class of its chip."""
        obstacle = self.obstacle
        if obstacle is None and self.draft.problem:
            return "not saved", "bad"
        if obstacle is None:
            is_doubtful = self.is_elsewhere and not self.draft.is_selected
            return ("on another record", "warn") if is_doubtful else ("ready", "good")
        if obstacle.code == "not-recognised" and self.needs_mapping:
            return "needs a mapping", "warn"
        return STATES.get(obstacle.code, ("not ready", "warn"))

    @property
    def reason(self) -> tuple[str, str]:
        """Text and code of why it is not saved; empty texts if the state says enough."""
        obstacle, draft = self.obstacle, self.draft
        if obstacle and obstacle.code == "not-recognised" and draft.refusal:
            return draft.refusal["text"], draft.refusal["code"]
        if obstacle and obstacle.code not in SAID_BY_STATE:
            return obstacle.text, obstacle.code
        if draft.problem:
            return draft.problem["text"], draft.problem["code"]
        if is_kept_unread(draft) and draft.refusal and not draft.is_attachment:
            return draft.refusal["text"], draft.refusal["code"]
        return "", ""

    @property
    def lacks_technique(self) -> bool:
        """Whether its technique has to be chosen."""
        is_misfit = self.code in ("technique-mismatch", "technique-not-registered")
        is_other = self.draft.is_attachment or bool(self.draft.measurement_id)
        is_measurement = self.draft.is_read and not is_other and not self.may_be_mapped
        return is_measurement and (not self.draft.technique or is_misfit)

    @property
    def lacks_recording(self) -> bool:
        """Whether one of its datasets, or all, have to be chosen."""
        return len(self.draft.parts) > 1 and not self.draft.recording and not self.draft.is_attachment

    @property
    def has_message(self) -> bool:
        """Whether there is anything to say below the row."""
        return bool(self.reason[0] or self.error or self.is_elsewhere)

    @property
    def code(self) -> str:
        return self.obstacle.code if self.obstacle else ""

    @cached_property
    def suggestion(self) -> Suggestion | None:
        """The column mapping a reader suggests for a file it refused."""
        return suggestion_of([self.draft.refusal]) if self.draft.refusal else None

    @cached_property
    def may_be_mapped(self) -> bool:
        """Whether a column mapping might make it readable."""
        return self.draft.is_read and self.draft.refusal is not None and not is_kept_unread(self.draft)

    @cached_property
    def recognised(self) -> str:
        """Content of the file: its reader, and the number of datasets, points, cycles or pixels."""
        parts = self.draft.parts
        if not parts:
            return ""
        return f"{self._reader}: {_describe_parts(parts)}"

    @property
    def measured_range(self) -> str:
        """The frequencies or voltages of all datasets: `1 MHz to 10 mHz`, `2.6 to 4.3 V`."""
        ranges = [part.get("range", {}) for part in self.draft.parts]
        frequencies = [bound for item in ranges for bound in item.get("frequency_hertz", [])]
        if frequencies:
            return f"{_hertz(max(frequencies))} to {_hertz(min(frequencies))}"
        voltages = [bound for item in ranges for bound in item.get("voltage_volt", [])]
        return to_typographic(f"{min(voltages):.4g} to {max(voltages):.4g} V") if voltages else ""

    @property
    def started(self) -> str:
        starts = [part["start_time"] for part in self.draft.parts if part["start_time"]]
        return datetime.fromisoformat(min(starts)).isoformat(" ", "minutes") if starts else ""

    @property
    def warnings(self) -> list[dict[str, Any]]:
        """Warnings of the reader, each once."""
        warned = [item for part in self.draft.parts for item in part["messages"] if item["level"] == "warning"]
        return list({item["text"]: item for item in warned}.values())

    @property
    def _reader(self) -> str:
        reader = plugin_loading.current().readers.get(self.draft.reader)
        return reader.title if reader else self.draft.reader

    @cached_property
    def _conditions(self) -> dict[str, dict[str, str]]:
        return {slug: item for slug, item in self.draft.conditions.items() if item["text"]}

    @property
    def proposed(self) -> str:
        """The measurement in one line: `EIS, 3.80 V, 10 MPa`."""
        if self.draft.is_attachment:
            return "Attachment of the cell"
        if self.draft.measurement:
            return capfirst(Target(self.draft.measurement, self.draft.role).text)
        texts = [self._text(slug) for slug in condition_slugs() if slug in self._conditions]
        name = short_technique_name(self.draft.technique) if self.draft.technique else ""
        return ", ".join(filter(None, (name, *texts, self._recording_text)))

    @property
    def _recording_text(self) -> str:
        count, recording = len(self.draft.parts), self.draft.recording
        if count < 2 or not recording:
            return ""
        if recording in (EACH, ALL):
            return f"one measurement each: {count}" if recording == EACH else f"{count} datasets in one measurement"
        return f"dataset {int(recording) + 1} of {count}"

    def _text(self, slug: str) -> str:
        """A condition in the line of the measurement: `10 MPa`, `cycle number 7`."""
        text, quantity = self._conditions[slug]["text"], catalogue.get(slug)
        return f"{catalogue.in_sentence(quantity)} {text}" if quantity.is_count else to_typographic(text)

    @property
    def sources(self) -> str:
        """Where what is proposed comes from: `10 MPa from the file name, the rest from the file`."""
        if self.draft.is_attachment or self.draft.measurement_id:
            return ""
        by_source: dict[str, list[str]] = {}
        if self.draft.technique and self.draft.technique_source:
            by_source[self.draft.technique_source] = [short_technique_name(self.draft.technique)]
        for slug in (slug for slug in condition_slugs() if slug in self._conditions):
            by_source.setdefault(self._conditions[slug]["source"], []).append(self._text(slug))
        rest = by_source.pop(Source.FILE, None)
        texts = [f"{', '.join(texts)} {Source(source).label}" for source, texts in by_source.items()]
        if rest:
            texts.append(f"{'the rest ' if texts else ''}{Source.FILE.label}")
        return ", ".join(texts)

    @property
    def target(self) -> str:
        """Key of the measurement it is added to; empty for a new one."""
        return Target(self.draft.measurement, self.draft.role).key if self.draft.measurement else ""

    @property
    def techniques(self) -> list[tuple[str, str]]:
        """Techniques the file fits; all for a file that is kept unread."""
        names = registered_names("technique")
        fitting = fitting_techniques(self.draft) if self.draft.parts else list(names)
        known = [*fitting, *([self.draft.technique] if self.draft.technique not in ("", *fitting) else [])]
        return [(slug, names.get(slug, slug)) for slug in known]

    @property
    def has_picture(self) -> bool:
        return bool(self.draft.parts) and self.draft.parts[0]["image"] is not None

    @property
    def recordings(self) -> list[tuple[str, str]]:
        """Choices for a file with several datasets; empty for one."""
        parts = self.draft.parts
        if len(parts) < 2:
            return []
        single = [(str(index), f"only {_part_name(part)}") for index, part in enumerate(parts)]
        return [(EACH, f"one measurement each: {len(parts)}"), (ALL, "all in one measurement"), *single]

    @property
    def fields(self) -> list[QuantityField]:
        """An input for each condition that can be entered, and for those whose plugin is not loaded, to remove them."""
        return [self._field(slug) for slug in in_order({*condition_slugs(), *self._conditions})]

    def _field(self, slug: str) -> QuantityField:
        item = self.draft.conditions.get(slug, {"text": "", "source": ""})
        is_proposed = item["text"] and item["source"] != Source.ENTERED
        return QuantityField(
            name=f"{self.prefix}-c-{slug}",
            label=condition_name(slug),
            quantity=slug,
            text=item["text"],
            example=condition_example(slug),
            note=Source(item["source"]).label if is_proposed else "",
        )


def _hertz(number: float) -> str:
    """A frequency with the prefix that leaves one to three digits before the point."""
    for factor, unit in ((1e6, "MHz"), (1e3, "kHz"), (1.0, "Hz"), (1e-3, "mHz")):
        if number >= 0.9995 * factor:
            return f"{number / factor:.3g} {unit}"
    return f"{number / 1e-6:.3g} µHz"


def _part_name(part: dict[str, Any]) -> str:
    name = part["label"] or f"dataset {part['number'] + 1}"
    technique = short_technique_name(part["technique"]) if part["technique"] else ""
    return ", ".join(filter(None, (name, technique, _size(part))))


def _describe_parts(parts: Sequence[dict[str, Any]]) -> str:
    if len(parts) == 1:
        return _size(parts[0])
    names = dict.fromkeys(short_technique_name(part["technique"]) for part in parts if part["technique"])
    kind = "images" if all(part["image"] for part in parts) else "datasets"
    return " ".join(filter(None, (f"{len(parts)} {kind}", f"({', '.join(names)})" if names else "")))


def _size(part: dict[str, Any]) -> str:
    """How much a dataset holds: `image 64 × 64 pixels`, `81 points`, `1,397 rows, 12 cycles, 3.2 d`."""
    if image := part["image"]:
        return f"image {image['width']:,} × {image['height']:,} pixels"
    unit = "point" if "frequency_hertz" in part["columns"] else "row"
    size = f"{part['rows']:,} {unit}{'' if part['rows'] == 1 else 's'}"
    cycles = f"{part['cycles']:,} cycles" if part["cycles"] > 1 else ""
    return ", ".join(filter(None, (size, cycles, _duration(part["seconds"]) if cycles or unit == "row" else "")))


def _duration(seconds: float) -> str:
    if seconds >= 2 * SECONDS_PER_DAY:
        return f"{seconds / SECONDS_PER_DAY:.1f} d"
    if seconds >= SECONDS_PER_HOUR:
        return f"{seconds / SECONDS_PER_HOUR:.1f} h"
    return f"{seconds / 60:.0f} min" if seconds >= 120 else f"{seconds:.0f} s" if seconds else ""
