"""A plugin that kills the parent process when it is imported."""

import os
import signal
import time

os.kill(os.getppid(), signal.SIGKILL)
time.sleep(60)
