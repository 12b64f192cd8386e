#!/usr/bin/env bash
# Tries a wheel in a fresh environment of each Python named, or of all those from 3.10 on that pyenv and the system have:
#
#     release/check_wheel.sh dist/pyrhetor-VERSION-….whl [PYTHON…]
set -euo pipefail
cd "$(dirname "$0")/.."

wheel="$1"
shift
pythons=("$@")
if [ ${#pythons[@]} -eq 0 ]; then
  for python in "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.*/bin/python /usr/bin/python3.[0-9]* "$(command -v python3 || command -v python)"; do
    [ -x "$python" ] && "$python" -c 'import sys, venv; sys.exit(sys.version_info < (3, 10))' 2>/dev/null && pythons+=("$python")
  done
fi
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
# The first block of the package's README.
sed -n '/^```python$/,/^```$/{//d;p}' python/README.md | sed -n 1,3p > "$work/first.py"
[ "$(wc -l < "$work/first.py")" -eq 3 ] || { echo "check_wheel.sh: python/README.md does not begin with three lines" >&2; exit 1; }
for python in "${pythons[@]}"; do
  rm -rf "$work/venv"
  "$python" -m venv "$work/venv"
  bin="$work/venv/bin"
  [ -d "$bin" ] || bin="$work/venv/Scripts"
  "$bin/python" -m pip install -q --disable-pip-version-check "$wheel"
  found="$(cd "$work" && "$bin/python" -c 'import pyrhetor; print(pyrhetor.load().score(["We must act!", None]).column("label").to_pylist())')"
  [ "$found" = "['advocacy', None]" ] || { echo "check_wheel.sh: $python: found $found" >&2; exit 1; }
  "$bin/python" -m pip install -q --disable-pip-version-check pandas
  # Not into a pipe, which would be closed too early.
  found="$(cd "$work" && "$bin/python" first.py)"
  [[ "$found" == *advocacy* ]] || { echo "check_wheel.sh: $python: README" >&2; exit 1; }
  echo "$("$bin/python" --version): $(basename "$wheel") works"
done
