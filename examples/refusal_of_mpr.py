"""Print the two commands that the refused .mpr files need: one installs their reader, the other reads them again.

`python examples/refusal_of_mpr.py FILE.mpr`, with cellar-registry installed and without cellar-biologic-mpr.
"""

import sys
from pathlib import Path

from plugins.readers import biologic_mpr
from registry.hookspecs import UnreadableFile

try:
    biologic_mpr.read(Path(sys.argv[1]))
except UnreadableFile:
    sys.stdout.writelines(f"{command}\n" for command in biologic_mpr.installation_commands())
