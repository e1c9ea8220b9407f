"""A plugin that changes the working directory when it is imported."""

import os

os.chdir("/")
