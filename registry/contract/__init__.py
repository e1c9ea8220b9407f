"""The plugin contract: what a plugin is given, gives back and may build on, in plain Python without Django."""
