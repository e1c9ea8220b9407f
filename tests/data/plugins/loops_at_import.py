"""A script that waits for an instrument, dropped among the plugins."""

from itertools import count
from time import sleep

for _ in count():
    sleep(0.01)
