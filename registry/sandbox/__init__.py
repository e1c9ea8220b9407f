"""The processes in which readers and analyses run, both sides: nothing here needs the database or the plugins loaded.

Parent side: `file_reader` (has a file read), `analysis_runner` (has analyses run), `server_process` (the fork server).
Child side: `server` forks, `child` prepares a forked process, `file_reader_child` and `analysis_runner_child` do the
work, `executor` calls the analysis and `outcome_check` compares what it returned with the contract.
Both: `limits` (memory, time, and what happens when memory runs out), `framing` and `serialization` (messages).
"""
