#!/bin/sh
# What the tests in a real browser need: Chromium with a font, and axe-core. `make test` calls this.
# Nothing is done where all is there. What cannot be had here is named; the tests that need it then
# skip with a reason, or fail where CI is set.
set -eu
cd "$(dirname "$0")/browser"
AXE=4.14.1

missing() {
    echo "browser tests: $1" >&2
}

if ! command -v "${COTERMINOSITY_CHROMIUM:-chromium}" >/dev/null; then
    if [ -n "${COTERMINOSITY_CHROMIUM:-}" ]; then
        missing "no $COTERMINOSITY_CHROMIUM here, which COTERMINOSITY_CHROMIUM names"
    elif [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
            --no-install-recommends chromium fonts-dejavu-core fonts-liberation >/dev/null; } \
            || missing "apt-get could not install chromium"
    else
        missing "no chromium here; install it, or name one with COTERMINOSITY_CHROMIUM"
    fi
fi

if ! grep -qs "\"version\": \"$AXE\"" node_modules/axe-core/package.json; then
    if command -v npm >/dev/null; then
        npm install --silent --no-save --no-package-lock --no-audit --no-fund --ignore-scripts \
            --prefix . "axe-core@$AXE" || missing "npm could not install axe-core"
    else
        missing "no npm here to bring axe-core $AXE"
    fi
fi
