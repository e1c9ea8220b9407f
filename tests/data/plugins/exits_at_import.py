"""A script in the plugin directory that calls sys.exit."""

import sys

sys.exit("usage: exits_at_import.py FILE")
