"""Raw files, and files to confirm."""
