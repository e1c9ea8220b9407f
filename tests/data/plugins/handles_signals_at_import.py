"""A plugin that installs a signal handler when it is imported."""

import signal

signal.signal(signal.SIGTERM, signal.SIG_IGN)
