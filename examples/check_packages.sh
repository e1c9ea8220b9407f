#!/usr/bin/env bash
# Test the two plugin packages in an environment with only Cellar's wheel and the packages: build, install and test them,
# and use them in the admin, the API and the tables of a server. If instrument files are available, compare a binary file
# with its text export.
#
#   examples/check_packages.sh [DIRECTORY WITH eis/ AND cycling/]     PYTHON names the interpreter; ENVIRONMENT a directory
#                              in which the environment is made, or is already.
set -euo pipefail
data=$(realpath -m "${1:-$(dirname "$0")/../../shared/data}")
cd "$(dirname "$0")/.."

scratch=$(mktemp -d)
server=
finish() {
    if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi
    rm -rf "$scratch"
}
trap finish EXIT

echo "-- an environment with the wheel of Cellar and the packages, built from their sdists"
checkout=$PWD
environment=${ENVIRONMENT:-$scratch/environment}
examples/make_environment.sh "$environment"
python=$environment/venv/bin/python
cellar=$environment/venv/bin/cellar
pip() { $python -m pip --quiet --disable-pip-version-check "$@"; }
pip install 'setuptools>=77'

echo "-- the source archive contains what a refused .mpr file asks for, and its commands install it"
mkdir "$scratch/archive" "$scratch/unpacked"
(cd "$environment/source" && $python -c 'import sys, setuptools.build_meta as b; b.build_sdist(sys.argv[1])' "$scratch/archive") >/dev/null
tar -xzf "$scratch"/archive/cellar_registry-*.tar.gz --strip-components 1 -C "$scratch/unpacked"
printf 'BIO-LOGIC MODULAR FILE' >"$scratch/run.mpr"
(cd "$scratch/unpacked" && $python -P "$checkout/examples/refusal_of_mpr.py" "$scratch/run.mpr") >"$scratch/commands"
cat "$scratch/commands"
(cd "$scratch/unpacked" && PIP_CONSTRAINT=$environment/constraints.txt bash -euo pipefail -c "$(sed -n 1p "$scratch/commands")")
pip show cellar-biologic-mpr >/dev/null
(unset DATABASE_URL PYTHONPATH; export CELLAR_DATA_DIR=$scratch/first; $cellar migrate --verbosity 0 && bash -euo pipefail -c "$(sed -n 2p "$scratch/commands")")
pip uninstall --yes cellar-biologic-mpr

mkdir "$scratch/sdist" "$scratch/wheel"
for package in cellar-biologic-mpr cellar-area-specific-resistance; do
    # Build a copy, so that the checkout stays clean.
    cp -r "examples/$package" "$scratch/$package"
    (cd "$scratch/$package" && $python -c 'import sys, setuptools.build_meta as b; b.build_sdist(sys.argv[1])' ../sdist) >/dev/null
done
pip wheel --no-deps --no-build-isolation --wheel-dir "$scratch/wheel" "$scratch"/sdist/*.tar.gz
for wheel in "$scratch"/wheel/*.whl; do
    pip install --constraint "$environment/constraints.txt" "$wheel[test]"
done
ls "$scratch/sdist" "$scratch/wheel"

export CELLAR_DATA_DIR=$scratch/data
unset DATABASE_URL PYTHONPATH PYTHONDONTWRITEBYTECODE
mkdir "$scratch/elsewhere"
cd "$scratch/elsewhere"

echo "-- the plugins are loaded and listed with their origin before the database exists"
$cellar plugins >"$scratch/plugins"
for expected in \
    'biologic-mpr (cellar-biologic-mpr 2.0.0) loaded: reader biologic-mpr' \
    'area-specific-resistance (cellar-area-specific-resistance 1.0.0) loaded: quantity area_specific_resistance_ohm_cm2'; do
    grep -F "$expected" "$scratch/plugins" || { cat "$scratch/plugins"; echo "expected ‘$expected’" >&2; exit 1; }
done

echo "-- their own tests"
for package in cellar-biologic-mpr cellar-area-specific-resistance; do
    (cd "$scratch/$package" && $python -m pytest -q -p no:cacheprovider)
done

echo "-- used through the admin, the API and the pages of a server"
$cellar migrate --verbosity 0
password=$($cellar create_first_user | sed -n 's/^Sign in as admin with the password //p')
port=$($python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
$cellar serve --port "$port" --workers 1 >"$scratch/served" 2>&1 &
server=$!
curl --silent --fail --noproxy '*' --retry 60 --retry-delay 1 --retry-connrefused --max-time 90 --output /dev/null \
    "http://127.0.0.1:$port/"
$python "$checkout/examples/use_packages.py" "http://127.0.0.1:$port" admin "$password" || { tail -50 "$scratch/served"; exit 1; }
$cellar table area-specific-resistance --format csv | tee "$scratch/table"
[ "$(grep -c '^Pellet' "$scratch/table")" = 2 ]
kill "$server"
wait "$server" || true
server=

echo "-- results of a removed package stay readable"
pip uninstall --yes cellar-area-specific-resistance
$cellar plugins >"$scratch/plugins" 2>/dev/null
grep -F 'area-specific-resistance: area-specific-resistance is not installed; its 2 runs and 2 values stay readable.' "$scratch/plugins"

binary=$data/eis/PEIS_LPSCl_IonBlocking_-25C.mpr
cycling=$data/cycling/navani/jdb11-1_c3_gcpl_5cycles_2V-3p8V_C-24_data_C09.mpr
if [ ! -f "$binary" ] || [ ! -f "$cycling" ]; then
    echo "NOT TESTED on instrument files: $data does not contain them"
    exit 0
fi

echo "-- instrument files"
cell=$($cellar shell --no-imports -c 'from registry.models import Cell; print(Cell.objects.earliest("pk").refcode)')
$cellar ingest "$binary" --cell "$cell" --technique eis --dry-run | tee "$scratch/ingested"
$cellar ingest "$cycling" --cell "$cell" --technique cycling --dry-run | tee -a "$scratch/ingested"
for expected in ": biologic-mpr [0-9.]+, .*, 79 rows: frequency_hertz" ": biologic-mpr [0-9.]+, .*, 46,102 rows: .*current_ampere"; do
    grep -qE "$expected" "$scratch/ingested" || { echo "expected a line like ‘$expected’" >&2; exit 1; }
done
$python "$checkout/examples/compare_with_text.py" "$binary" "${binary%.mpr}.txt"
