#!/usr/bin/env bash
# Test the wheel without a checkout: run its commands in an empty directory, request its pages, and create, test, install
# and load a plugin package.
#
#   examples/check_wheel.sh     PYTHON names the interpreter; ENVIRONMENT a directory in which the environment is made, or is
#                               already.
set -euo pipefail
cd "$(dirname "$0")/.."
checkout=$PWD

scratch=$(mktemp -d)
server=
finish() {
    if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi
    rm -rf "$scratch"
}
trap finish EXIT
fail() { echo "$*" >&2; exit 1; }

echo "-- an environment with the wheel and its dependencies"
environment=${ENVIRONMENT:-$scratch/environment}
examples/make_environment.sh "$environment"
python=$environment/venv/bin/python
pip() { $python -m pip --quiet --disable-pip-version-check "$@"; }
for absent in pytest psycopg; do
    ! $python -c "import $absent" 2>/dev/null || fail "$absent is installed with the wheel, but belongs to an extra"
done

echo "-- the wheel contains every file of the packages"
$python - "$checkout" "$environment"/dist/cellar_registry-*.whl <<'END'
import subprocess, sys, zipfile
checkout, wheel = sys.argv[1:]
folders = ["registry", "analyses", "plugins", "templates"]
tracked = subprocess.run(["git", "-C", checkout, "ls-files", *folders], capture_output=True, text=True, check=True)
packed = set(zipfile.ZipFile(wheel).namelist())
wanted = {f"registry/{name}" if name.startswith("templates/") else name for name in tracked.stdout.splitlines()}
missing = sorted(wanted - packed)
sys.exit(f"not in the wheel: {', '.join(missing)}" if missing else 0)
END

mkdir "$scratch/home" "$scratch/elsewhere"
cd "$scratch/elsewhere"
export HOME=$scratch/home PATH=$environment/venv/bin:$PATH
unset DATABASE_URL CELLAR_DATA_DIR XDG_DATA_HOME PYTHONPATH PYTHONDONTWRITEBYTECODE
data=$HOME/.local/share/cellar

echo "-- commands in another directory"
cellar check --fail-level WARNING
[ ! -e "$data" ] || fail "cellar check created $data"
cellar migrate | grep -Fx "Data directory: $data"
[ "$(stat -c %a "$data" "$data/cellar.sqlite3" | xargs)" = "700 600" ] || fail "$data is readable by others"
cellar load_example wu2025
cellar analyze
cellar table low-pressure-cells | grep -F 'NCM@Li-PEVA/LPSCl/Li'
cellar plugins >plugins
grep -F 'Problems: 0.' plugins
cellar collectstatic --no-input
python -m registry audit >audit

echo "-- pages, static files and worker"
port=$(python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
# A package of the same name here must not be imported in place of Cellar's.
mkdir registry && echo 'raise SystemExit("the registry of the current directory is imported")' >registry/__init__.py
cellar serve --port "$port" --workers 1 >served 2>&1 &
server=$!
for path in / /api/cells/ /compare/low-pressure-cells/ /admin/login/ /static/registry/cellar.css /static/admin/css/base.css; do
    curl --silent --fail --noproxy '*' --retry 60 --retry-delay 1 --retry-connrefused --max-time 90 \
        --output /dev/null --write-out "%{http_code} $path\n" "http://127.0.0.1:$port$path" || { cat served; exit 1; }
done
worker() { pgrep -P "$server" -f -- '-m registry run_worker' || true; }
before=$(worker)
sleep 5
[ -n "$before" ] && [ "$(worker)" = "$before" ] || { cat served; fail "the worker exited"; }
kill "$server"
wait "$server" || true
server=
rm -r registry

echo "-- a plugin package: created, tested, installed, loaded"
cellar startplugin our-resistance --technique eis --package
pip install --constraint "$environment/constraints.txt" './cellar-our-resistance[test]'
(cd cellar-our-resistance && python -m pytest -q -p no:cacheprovider)
cellar plugins | grep -F 'our-resistance (cellar-our-resistance 0.1.0) loaded'

echo "-- other packages with the same names are refused"
mkdir -p others/registry others/plugins
for name in registry plugins; do
    echo >others/$name/__init__.py
    if PYTHONPATH=$PWD/others cellar check 2>refusal; then fail "cellar starts with another $name"; fi
    grep -F "another package named ‘$name’, $PWD/others/$name/__init__.py" refusal || { cat refusal; exit 1; }
    rm others/$name/__init__.py
    # Without __init__.py it is a namespace package and hides nothing.
    PYTHONPATH=$PWD/others cellar check
done
echo >"$environment/venv/lib/"python3*/site-packages/plugins/__init__.py
if cellar check 2>refusal; then fail "cellar starts with overwritten plugins"; fi
grep -F 'pip install --force-reinstall --no-deps cellar-registry' refusal
pip install --force-reinstall --no-deps "$environment"/dist/cellar_registry-*.whl
pip uninstall --yes cellar-our-resistance
cellar check
