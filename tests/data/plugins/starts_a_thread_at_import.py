"""A plugin that watches a folder from a thread."""

import threading
import time

threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
