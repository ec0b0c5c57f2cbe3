#!/bin/sh
# Gets Chromium for tests/browser where that takes nobody's leave: by apt-get, as root on Debian or Ubuntu.
# Elsewhere, and where it fails, it says so and succeeds: those tests are then skipped, and say why.
set -u

say() { echo "chromium: $*" >&2; }

for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    say "there is none, so tests/browser will be skipped. As root on Debian: apt-get install chromium"
    exit 0
fi
say "installing it for tests/browser (apt-get, about 80 MB, once)"
log="$(mktemp)"
trap 'rm -f "$log"' EXIT
fetch() {
    DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=120 "$@" </dev/null >>"$log" 2>&1
}
# Lists of packages are often absent or old in a container; what they know may do, and it is quicker.
if fetch install -y --no-install-recommends chromium ||
    { fetch update && fetch install -y --no-install-recommends chromium; }; then
    say "done"
else
    tail -n 5 "$log" >&2
    say "apt-get could not install it, so tests/browser will be skipped (with CI set they fail)"
fi
