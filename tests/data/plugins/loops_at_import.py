"""A plugin that never finishes importing."""

from itertools import count
from time import sleep

for _ in count():
    sleep(0.01)
