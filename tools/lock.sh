#!/bin/sh
# Rewrites requirements/*.txt from pyproject.toml and requirements/build.in: every version and hash, for every
# platform and Python we support, without naming where the packages come from.
# Needs uv (set UV=/path/to/uv if it is not on PATH). Pins stay as they are unless UPGRADE=1.
set -eu

cd "$(dirname "$0")/.."
uv="${UV:-uv}"
if ! command -v "$uv" >/dev/null 2>&1; then
    echo "lock: uv was not found. Install uv, or run: make lock UV=/path/to/uv" >&2
    exit 2
fi

pin() {
    echo "lock: writing $1"
    target="$1"
    shift
    "$uv" pip compile --quiet ${UPGRADE:+--upgrade} --universal --python-version 3.11 --generate-hashes \
        --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
        --output-file "$target" "$@"
}

pin requirements/run.txt pyproject.toml
pin requirements/dev.txt pyproject.toml --group dev --constraint requirements/run.txt
pin requirements/build.txt requirements/build.in --constraint requirements/dev.txt
pin requirements/fix-build.txt requirements/fix-build.in
pin requirements/fix.txt requirements/fix.in --constraint requirements/dev.txt

if grep -nE '://|^ *-(-index|-extra|-find|i |f )' requirements/*.txt; then
    echo "lock: the lines above name a host or an index; requirements must not" >&2
    exit 1
fi
