#!/usr/bin/env bash
# Does a plugin package work in an environment that has Cellar's requirements and that package, and nothing else?
# With binary files and the text export of one at hand, do both hold the same numbers?
#
#   examples/check_package.sh [DIRECTORY WITH eis/ AND cycling/]     PYTHON names the interpreter.
set -euo pipefail
data=$(realpath -m "${1:-$(dirname "$0")/../../shared/data}")
cd "$(dirname "$0")/.."

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

echo "-- an environment with requirements.txt and cellar-biologic-mpr"
"${PYTHON:-python3}" -m venv "$scratch/venv"
python=$scratch/venv/bin/python
# A copy is installed, so that building it leaves nothing in the checkout.
cp -r examples/cellar-biologic-mpr "$scratch/package"
$python -m pip install --quiet --disable-pip-version-check -r requirements.txt "$scratch/package"

export CELLAR_DATA_DIR=$scratch/data PYTHONDONTWRITEBYTECODE=1
unset DATABASE_URL

echo "-- the plugin is loaded, and says where it comes from"
$python manage.py plugins >"$scratch/plugins"
if ! grep -F 'biologic-mpr (cellar-biologic-mpr) loaded: reader biologic-mpr' "$scratch/plugins"; then
    cat "$scratch/plugins"
    echo "manage.py plugins does not list biologic-mpr, from cellar-biologic-mpr, as loaded" >&2
    exit 1
fi

echo "-- its own tests"
$python -m pytest -q -p no:cacheprovider -c examples/cellar-biologic-mpr/pyproject.toml examples/cellar-biologic-mpr/tests

binary=$data/eis/PEIS_LPSCl_IonBlocking_-25C.mpr
cycling=$data/cycling/navani/jdb11-1_c3_gcpl_5cycles_2V-3p8V_C-24_data_C09.mpr
if [ ! -f "$binary" ] || [ ! -f "$cycling" ]; then
    echo "NOT TESTED on an instrument's files: $data does not have them"
    exit 0
fi

echo "-- files of an instrument"
$python manage.py migrate --verbosity 0
$python manage.py load_example wu2025 >/dev/null
cell=$($python manage.py shell --no-imports -c 'from registry.models import Cell; print(Cell.objects.earliest("pk").refcode)')
$python manage.py ingest "$binary" --cell "$cell" --technique eis --dry-run | tee "$scratch/ingested"
$python manage.py ingest "$cycling" --cell "$cell" --technique cycling --dry-run | tee -a "$scratch/ingested"
for expected in ": biologic-mpr [0-9.]+, .*, 79 rows: frequency_hertz" ": biologic-mpr [0-9.]+, .*, 46102 rows: .*current_ampere"; do
    grep -qE "$expected" "$scratch/ingested" || { echo "expected a line like ‘$expected’" >&2; exit 1; }
done
PYTHONPATH=. $python examples/compare_with_text.py "$binary" "${binary%.mpr}.txt"
