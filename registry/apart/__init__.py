"""Reading instrument files and running analyses in processes apart: nothing in here needs Django or the database."""
