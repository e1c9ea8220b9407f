"""Writes the skeleton of a new plugin: `manage.py startplugin`."""
