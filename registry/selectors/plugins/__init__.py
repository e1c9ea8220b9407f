"""Plugins, and what is stored of plugins that are no longer loaded."""
