"""All that is done in the background: files are read before analyses run, since someone waits for each."""

from registry.services.files.reading import file_claim, file_perform
from registry.services.leases import lease_work
from registry.services.runs.queue import run_claim, run_perform


def work_due() -> int:
    """Do what is due until nothing is or this process is to end; return how many ended."""
    return lease_work((file_claim, file_perform), (run_claim, run_perform))
