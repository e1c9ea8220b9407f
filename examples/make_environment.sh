#!/usr/bin/env bash
# Build the wheel of Cellar and install it into a new environment, with the versions that requirements.txt pins.
#
#   examples/make_environment.sh DIRECTORY     leaves DIRECTORY/source, DIRECTORY/dist, DIRECTORY/constraints.txt and
#                                              DIRECTORY/venv, or does nothing if they are there
set -euo pipefail
mkdir -p "$1"
[ ! -e "$1/constraints.txt" ] || exit 0
scratch=$(realpath "$1")
cd "$(dirname "$0")/.."

"${PYTHON:-python3}" -m venv "$scratch/venv"
pip() { "$scratch/venv/bin/python" -m pip --quiet --disable-pip-version-check "$@"; }
# Build a copy, so that the checkout stays clean and no earlier build is included.
mkdir "$scratch/source"
cp -r README.md LICENSE MANIFEST.in pyproject.toml setup.py cellar_registry.py registry analyses plugins templates examples \
    "$scratch/source"
pip wheel --no-deps --wheel-dir "$scratch/dist" "$scratch/source"
ls "$scratch/dist"
# Constraints may not name extras.
sed 's/\[.*\]//' requirements.txt >"$scratch/constraints"
pip install --no-compile --constraint "$scratch/constraints" "$scratch"/dist/cellar_registry-*.whl
pip check
mv "$scratch/constraints" "$scratch/constraints.txt"
