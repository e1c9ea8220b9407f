"""Writing the beginning of a plugin: `manage.py startplugin`."""
