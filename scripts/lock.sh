#!/bin/sh
# Remakes the lock files from pyproject.toml: one for running, one with the tools of development on top.
# Both hold for every platform and Python version that the project supports, and for building it too.
# usage: lock.sh PYTHON [--upgrade | --upgrade-package NAME ...]
set -eu
python=$1
shift

"$python" -m venv --clear build/lock
build/lock/bin/python -m pip install --quiet --quiet --disable-pip-version-check 'uv==0.13.9'

compile() {
    build/lock/bin/python -c '
import tomllib
with open("pyproject.toml", "rb") as file:
    print(*tomllib.load(file)["build-system"]["requires"], sep="\n")
' | UV_CUSTOM_COMPILE_COMMAND="make lock" build/lock/bin/uv pip compile --quiet --no-config \
        --universal --python-version 3.11 --generate-hashes --no-annotate "$@" pyproject.toml -
}

compile "$@" --output-file requirements.lock
compile "$@" --extra dev --constraint requirements.lock --output-file requirements-dev.lock
