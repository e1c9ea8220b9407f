"""Print the two commands that the refusal of a .mpr file names: one installs its reader, the other reads it again.

`python examples/refusal_of_mpr.py FILE.mpr`, with cellar-registry installed and without cellar-biologic-mpr.
"""

import sys
from pathlib import Path

from plugins.readers import biologic_mpr
from registry.hookspecs import UnreadableFile

try:
    biologic_mpr.read(Path(sys.argv[1]))
except UnreadableFile as refusal:
    sys.stdout.writelines(f"{refusal.parameters[name]}\n" for name in ("install", "read_again"))
