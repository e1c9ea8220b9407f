"""Reading instrument files in a process apart: nothing in here needs Django or the database."""
