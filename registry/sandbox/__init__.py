"""Sandbox processes that run readers and analyses, both sides; independent of the database and of loaded plugins.

Parent side: `file_reader` (reads a file), `analysis_runner` (runs analyses), `server_process` (the fork server).
Child side: `server` forks, `child` prepares a forked process, `file_reader_child` and `analysis_runner_child` do the
work, `executor` calls the analysis and `outcome_check` checks its result against the contract.
Both: `limits` (memory, time, and what happens when memory runs out), `framing` and `serialization` (messages).
"""
