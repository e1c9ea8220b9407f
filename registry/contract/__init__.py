"""The plugin contract in plain dataclasses: what a plugin is given and what it gives back. Needs no Django."""
