"""Which techniques data fit: by the columns or the image they have, and by the technique their file states."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol

from registry.hookspecs import Message, Technique
from registry.plugin_loading.loading import current
from registry.plugin_loading.names import technique_in_sentence


class HasColumns(Protocol):
    """A dataset as a reader returns it, as the sandbox hands it over, or as it is stored."""

    @property
    def technique(self) -> str: ...

    @property
    def columns(self) -> Collection[str]: ...

    @property
    def has_picture(self) -> bool: ...


def kind_of(dataset: HasColumns) -> "DataKind":
    """Return what decides which techniques a dataset fits."""
    return DataKind(technique=dataset.technique, columns=tuple(dataset.columns), has_picture=dataset.has_picture)


def suits(dataset: HasColumns, technique: str) -> bool:
    """Return whether a measurement by this technique can use a dataset."""
    return kind_of(dataset).suits(technique)


@dataclass(frozen=True, kw_only=True)
class DataKind:
    """Properties that decide which techniques a dataset fits."""

    technique: str
    """Technique stated by the file, empty if it states none."""
    columns: Collection[str]
    has_picture: bool = False

    def suits(self, technique: str) -> bool:
        """Whether a measurement by this technique can use the data; a technique that is not loaded takes any."""
        descriptor = current().techniques.get(technique)
        if descriptor is None:
            return True
        return self._has_data_of(descriptor) and self._may_be(technique)

    def is_of_another(self, technique: str) -> bool:
        """Whether the data are such as this technique takes, but the file states another."""
        descriptor = current().techniques.get(technique)
        return descriptor is not None and self._has_data_of(descriptor) and not self._may_be(technique)

    def fitting(self) -> list[str]:
        """The techniques the data fit."""
        return [slug for slug in current().techniques if self.suits(slug)]

    def _has_data_of(self, technique: Technique) -> bool:
        if self.has_picture and technique.has_picture:
            return True
        return any(set(alternative) <= set(self.columns) for alternative in technique.columns)

    def _may_be(self, technique: str) -> bool:
        """Whether the file states this technique, none, or one that files state for any such data."""
        stated = current().techniques.get(self.technique)
        if stated is None or self.technique == technique:
            return True
        return stated.is_general and any(
            set(general) <= set(own) <= set(self.columns)
            for general in stated.columns
            for own in current().techniques[technique].columns
        )

    @property
    def description(self) -> str:
        """Description of the data: `a picture`, `chronoamperometry (test_time_second, voltage_volt)`."""
        data = "an image" if self.has_picture else f"the columns {', '.join(self.columns)}"
        return f"{technique_in_sentence(self.technique)} data: {data}" if self.technique else data


def needed_data(technique: str) -> str:
    """Data accepted by a technique, as a clause: `a picture, or the columns frequency_hertz, …`."""
    descriptor = current().techniques.get(technique)
    if descriptor is None:
        return "any data"
    alternatives = ["an image"] if descriptor.has_picture else []
    alternatives += [", ".join(alternative) for alternative in descriptor.columns]
    return " or ".join(alternatives) or "no data, only values"


def not_registered(technique: str) -> Message | None:
    """Return why a measurement by a technique whose plugin is not loaded takes no new data; None if it is loaded."""
    if technique in current().techniques:
        return None
    return Message(
        "technique-not-registered",
        "‘{technique}’ is not a registered technique: install its plugin to add data to this measurement",
        "warning",
        technique=technique,
    )


def misfit(subject: str, datasets: Iterable[HasColumns], technique: str) -> Message:
    """Return why no dataset of these fits a technique, and which techniques they fit; `subject` contains the
    datasets."""
    kinds = [kind_of(dataset) for dataset in datasets]
    if stated := [kind.technique for kind in kinds if kind.is_of_another(technique)]:
        return Message(
            "technique-mismatch",
            "{subject} has data of {data}, but the measurement is {technique}: use a measurement of that technique.",
            "warning",
            subject=subject,
            data=" and ".join(dict.fromkeys(map(technique_in_sentence, stated))),
            technique=technique_in_sentence(technique),
            needed=needed_data(technique),
            fitting=", ".join(dict.fromkeys(map(technique_in_sentence, stated))),
        )
    fitting = dict.fromkeys(slug for kind in kinds for slug in kind.fitting())
    *others, last = [technique_in_sentence(slug) for slug in fitting] or ["no registered technique"]
    return Message(
        "technique-mismatch",
        "{subject} has {data}, but {technique} needs {needed}. It fits {fitting}.",
        "warning",
        subject=subject,
        data=" and ".join(dict.fromkeys(kind.description for kind in kinds)),
        technique=technique_in_sentence(technique),
        needed=needed_data(technique),
        fitting=f"{', '.join(others)} or {last}" if others else last,
    )
