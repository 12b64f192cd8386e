#!/usr/bin/env bash
# Builds the Python package for a target: dist/pyrhetor-VERSION-cp310-abi3-PLATFORM.whl. One wheel fits every Python
# from 3.10 on.
#
#     release/wheel.sh [TARGET]        default: the host
#     release/wheel.sh sdist           the sources: dist/pyrhetor-VERSION.tar.gz
#
# Wheels for Linux are linked by zig, against an old C library: glibc 2.17 (manylinux2014), or musl 1.2. Needs Rust with
# the target, and Python 3 with pip; installs maturin and zig into a virtual environment of its own.
set -euo pipefail
cd "$(dirname "$0")/.."

python="$(command -v python3 || command -v python)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
"$python" -m venv "$work/venv"
bin="$work/venv/bin"
[ -d "$bin" ] || bin="$work/venv/Scripts"
export PATH="$bin:$PATH"
pip install -q 'maturin>=1.9,<2' ziglang

if [ "${1:-}" = sdist ]; then
  exec maturin sdist --manifest-path python/Cargo.toml --out dist
fi

target="${1:-$(rustc -vV | sed -n 's/^host: //p')}"
case "$target" in
  *-linux-gnu) platform=(--compatibility manylinux2014 --zig) ;;
  *-linux-musl) platform=(--compatibility musllinux_1_2 --zig) ;;
  *) platform=() ;;
esac
# Keep the paths of this machine out of the library. Git's shell on Windows prints the path that rustc sees with -W.
here="$(pwd -W 2>/dev/null || pwd)"
cargo_home="${CARGO_HOME:-$(cd ~ && { pwd -W 2>/dev/null || pwd; })/.cargo}"
flags=("--remap-path-prefix=$here=rhetor" "--remap-path-prefix=$cargo_home=cargo")
case "$target" in *-musl) flags+=(-C target-feature=-crt-static) ;; esac
CARGO_ENCODED_RUSTFLAGS="$(IFS=$'\x1f' && printf '%s' "${flags[*]}")" \
  maturin build --release --locked --strip --manifest-path python/Cargo.toml --target "$target" "${platform[@]}" --out dist
