"""`python -m registry`: the management commands, whatever the name of the script that starts them."""

import sys

from cellar_registry import main, program

if __name__ == "__main__":
    main([program(), *sys.argv[1:]])
