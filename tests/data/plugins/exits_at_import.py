"""A script that was dropped among the plugins: it ends the process it runs in."""

import sys

sys.exit("usage: exits_at_import.py FILE")
