"""Whether a result is outdated: computed by another version or source of its analysis than the loaded one.

A result whose inputs changed is stale, which `services/staleness/staleness.py` marks.
"""

from typing import Literal

from registry import plugin_loading

OutdatedBy = Literal["version", "source changed"]


def get_outdated_by(analysis: str, version: str, source_hash: str) -> OutdatedBy | None:
    """Differences between the analysis that computed a result and the one that is loaded.

    The source differs only where that of the result is recorded; nothing differs if the analysis is not loaded.
    """
    if _newer_version(analysis, version):
        return "version"
    if not source_hash or plugin_loading.current().source_hash(analysis) in ("", source_hash):
        return None
    return "source changed"


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
