#!/bin/sh
# Installs Debian packages where this user may; otherwise says nothing and fails.
# usage: apt.sh PACKAGE...
set -eu
command -v apt-get >/dev/null || exit 1
if [ "$(id -u)" = 0 ]; then
    as_root=""
elif sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
echo "Installing $* with apt-get" >&2
{
    $as_root apt-get -qq update
    $as_root apt-get -qq -o DPkg::Lock::Timeout=300 install --no-install-recommends "$@"
} >/dev/null </dev/null
