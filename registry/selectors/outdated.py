"""A sentence on an outdated result. `Plugins.outdated_by` decides whether it is; `services/staleness.py` marks results
whose inputs changed."""

from registry import plugin_loading


def get_outdated_note(analysis: str, version: str, source_hash: str) -> str:
    """How the loaded analysis differs from the one that computed a result; empty if it does not."""
    plugins = plugin_loading.current()
    match plugins.outdated_by(analysis, version, source_hash):
        case "version":
            loaded = plugins.newer_version(analysis, version)
            return f"Computed by version {version} of {analysis}; version {loaded} is loaded."
        case "source changed":
            return f"Computed by version {version} of {analysis}, whose source has changed since."
    return ""
