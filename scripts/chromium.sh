#!/bin/sh
# Sees to the browser that the tests drive, and to a font with Chinese characters.
# Never fails: without a browser only the browser tests do, and this has said how to get one.
set -eu

browser() {
    [ -n "${CHROMIUM:-}" ] && return
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        command -v "$name" >/dev/null && return
    done
    return 1
}

chinese_font() {
    command -v fc-list >/dev/null || return 0 # no way to ask
    [ -n "$(fc-list :lang=zh)" ]
}

browser || scripts/apt.sh chromium fonts-noto-cjk ||
    echo "No Chromium for the browser tests; on Debian: apt-get install chromium fonts-noto-cjk; elsewhere: CHROMIUM=/path/to/chrome make test"
chinese_font || scripts/apt.sh fonts-noto-cjk ||
    echo "No font with Chinese characters; on Debian: apt-get install fonts-noto-cjk"
