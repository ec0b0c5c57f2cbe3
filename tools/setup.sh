#!/bin/sh
# Builds .venv for `make demo` (run) or `make test` (dev), or adds live FIX to the latter: tools/setup.sh run|dev|fix
# Needs Python >= 3.11 and nothing else; uses uv when it is on PATH. Never asks for root.
# PYTHON=/path/to/python chooses the interpreter; otherwise the newest that works is taken.
set -eu

profile="${1:?say run, dev or fix}"
cd "$(dirname "$0")/.."
venv=.venv

say() { echo "setup: $*" >&2; }

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

# Debian and Ubuntu ship python3 without ensurepip; uv does not need it, and neither do we if pip is there.
can_build() {
    command -v uv >/dev/null 2>&1 || "$1" -c 'import ensurepip, venv' >/dev/null 2>&1 ||
        "$1" -c 'import pip, venv' >/dev/null 2>&1
}

choose_python() {
    if [ -n "${PYTHON:-}" ]; then
        if ! is_new_enough "$PYTHON"; then
            say "PYTHON=$PYTHON is not a Python >= 3.11 that starts"
            exit 2
        fi
        if can_build "$PYTHON"; then echo "$PYTHON"; return; fi
        explain_missing "$PYTHON"
        exit 2
    fi
    seen=""
    for name in python3.14 python3.13 python3.12 python3.11 python3 python; do
        is_new_enough "$name" || continue
        if can_build "$name"; then echo "$name"; return; fi
        seen="${seen:-$name}"
    done
    if [ -n "$seen" ]; then explain_missing "$seen"; else explain_none; fi
    exit 2
}

explain_missing() {
    version="$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])')"
    say "$1 is Python $version, but its venv and pip modules are not installed (Debian and Ubuntu ship them apart)."
    say "Any one of these is enough:"
    say "  apt install python$version-venv      (as root, once)"
    say "  install uv and put it on PATH        (no root needed)"
    say "  make PYTHON=/path/to/another/python3 (>= 3.11, with venv and pip)"
}

explain_none() {
    say "no Python >= 3.11 was found (tried python3.14 ... python3.11, python3, python)."
    say "Install one, or say where it is: make PYTHON=/path/to/python3"
}

build_venv() {
    if [ -x "$venv/bin/python" ] && is_new_enough "$venv/bin/python"; then return; fi
    python="$(choose_python)"
    say "creating $venv with $("$python" --version 2>&1) ($python)"
    rm -rf "$venv"
    if command -v uv >/dev/null 2>&1; then
        uv venv --quiet --python "$python" "$venv"
    elif "$python" -c 'import ensurepip' >/dev/null 2>&1; then
        "$python" -m venv "$venv"
    else
        "$python" -m venv --without-pip "$venv"
    fi
}

# One way to install, whichever installer there is: $@ = what to install.
install() {
    if command -v uv >/dev/null 2>&1; then
        uv pip install --quiet --python "$venv/bin/python" "$@"
    elif "$venv/bin/python" -c 'import pip' >/dev/null 2>&1; then
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
    else
        "$(choose_python)" -m pip --python "$venv/bin/python" install --quiet --disable-pip-version-check "$@"
    fi
}

if [ "$profile" = fix ]; then
    say "compiling QuickFIX (requirements/fix.txt): about eight minutes, once; needs a C++17 compiler and Python's headers"
    install --require-hashes --requirement requirements/fix-build.txt
    install --require-hashes --no-build-isolation --requirement requirements/fix.txt
    touch "$venv/.ready-fix"
    say "done"
    exit 0
fi

build_venv
say "installing pinned packages (requirements/$profile.txt); the first time this downloads a few hundred MB"
install --require-hashes --requirement requirements/build.txt --requirement "requirements/$profile.txt"
say "installing routeproof from this checkout"
install --no-deps --no-build-isolation --editable .
touch "$venv/.ready-$profile"
if [ "$profile" = dev ]; then touch "$venv/.ready-run"; fi
say "done"
