#!/usr/bin/env bash
# Make a virtual environment with a Python that is new enough, or say what is missing.
# Usage: tools/new_venv.sh PYTHON FOLDER
set -euo pipefail
python=$1
folder=$2

stop() {
    printf 'make setup: %s\n' "$@" >&2
    exit 1
}

command -v "$python" >/dev/null ||
    stop "there is no \`$python\`" "install Python 3.11 or newer, or name one: make setup PYTHON=/path/to/python3.11"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    stop "\`$python\` is $("$python" --version); Python 3.11 or newer is needed" "name another: make setup PYTHON=python3.11"
"$python" -c 'import venv, ensurepip' 2>/dev/null ||
    stop "this Python cannot make virtual environments" "on Debian and Ubuntu: apt-get install python3-venv"

[ -x "$folder/bin/python" ] && "$folder/bin/python" -m pip --version >/dev/null 2>&1 && exit 0
"$python" -m venv --clear "$folder"
