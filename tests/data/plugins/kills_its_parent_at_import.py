"""A plugin that kills the process that started the one it is imported into."""

import os
import signal
import time

os.kill(os.getppid(), signal.SIGKILL)
time.sleep(60)
