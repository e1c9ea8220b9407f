"""A plugin that goes where its data lie."""

import os

os.chdir("/")
