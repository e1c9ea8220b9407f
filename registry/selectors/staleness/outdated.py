"""Whether a result is outdated: computed by another version or source of its analysis than the loaded one.

A result whose inputs changed is stale, which `services/staleness/staleness.py` marks.
"""

from dataclasses import dataclass
from typing import Literal

from registry import plugin_loading
from registry.models.analysis_run import Run, StaleCause

OutdatedBy = Literal["version", "source changed"]
INPUT = "an input changed"
"""Why a run is stale that was marked before causes were recorded."""


@dataclass(frozen=True)
class Outdated:
    """Why the results of a run are no longer current."""

    kind: str
    """`version` or `source changed` of the analysis, else what changed of its inputs."""
    note: str
    """A sentence."""

    @property
    def word(self) -> str:
        return "outdated" if self.kind in ("version", "source changed") else "stale"


def get_outdated(run: Run) -> Outdated | None:
    """Why the results of a run are no longer current; None if they are. A changed analysis comes first."""
    return describe_outdated(
        run.analysis, run.version, run.source_hash, run.stale_because, is_stale=bool(run.stale_since)
    )


def describe_outdated(
    analysis: str, version: str, source_hash: str, stale_because: str, *, is_stale: bool
) -> Outdated | None:
    """The same of the columns of a run."""
    if by := get_outdated_by(analysis, version, source_hash):
        return Outdated(by, get_outdated_note(analysis, version, source_hash))
    if not is_stale:
        return None
    what = cause_text(stale_because)
    return Outdated(what, f"Stale: {what} since.")


def cause_text(stale_because: str) -> str:
    """What changed of the inputs of a stale run."""
    return str(StaleCause(stale_because).label) if stale_because in StaleCause.values else INPUT


def get_outdated_by(analysis: str, version: str, source_hash: str) -> OutdatedBy | None:
    """Differences between the analysis that computed a result and the one that is loaded.

    The source differs only where that of the result is recorded; nothing differs if the analysis is not loaded.
    """
    if _newer_version(analysis, version):
        return "version"
    return None if plugin_loading.current().has_source(analysis, source_hash) else "source changed"


def get_outdated_note(analysis: str, version: str, source_hash: str) -> str:
    """How the loaded analysis differs from the one that computed a result, as a sentence; empty if it does not."""
    match get_outdated_by(analysis, version, source_hash):
        case "version":
            loaded = _newer_version(analysis, version)
            return f"Computed by version {version} of {analysis}; version {loaded} is loaded."
        case "source changed":
            return f"Computed by version {version} of {analysis}, whose source has changed since."
    return ""


def _newer_version(analysis: str, version: str) -> str:
    """The version of an analysis that is loaded, if it differs from this; empty if not, or if none is loaded."""
    loaded = plugin_loading.current().analyses.get(analysis)
    return loaded.version if loaded and loaded.version != version else ""
