"""A plugin that will not be interrupted."""

import signal

signal.signal(signal.SIGTERM, signal.SIG_IGN)
