"""The plugin contract: inputs, outputs and building blocks of plugins, in plain Python without Django."""
