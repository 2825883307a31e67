#!/bin/sh
# Fills .venv from a lock file, making it first if need be.
# usage: environment.sh PYTHON LOCK
set -eu
python=$1
lock=$2

fail() {
    echo "$1" >&2
    exit 1
}

if [ ! -x .venv/bin/python ]; then
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
        fail "Needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3"
    # Debian keeps a part of venv in a package of its own
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
        command -v apt-get >/dev/null || fail "Python's venv module is missing; install it, then run make again"
        scripts/apt.sh "$package" || fail "Python's venv module is missing; run: apt-get install $package"
    fi
    # what a broken attempt left would be mistaken for an environment
    "$python" -m venv .venv || { rm -rf .venv; fail "$python could not make .venv"; }
fi

# the lock file names every package, so there is nothing to resolve, and nothing unlisted gets in
.venv/bin/python -m pip install --quiet --quiet --disable-pip-version-check --no-input \
    --require-hashes --no-deps --requirement "$lock"
