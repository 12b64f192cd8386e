#!/usr/bin/env bash
# Builds rhetor for a target and packs it with its documents: dist/rhetor-VERSION-TARGET.tar.gz (.zip for Windows).
#
#     release/build.sh [TARGET]        default: the host; releases for Linux use x86_64-unknown-linux-musl
#
# The same sources, toolchain and C compiler give the same archive, byte for byte. The binary has no dependencies; on
# Linux and Windows the C library is linked statically. It must run on this machine, because it writes its own manual
# and completions. Needs Rust, Python 3, a C compiler and, for musl, musl-gcc (Debian: musl-tools).
set -euo pipefail
cd "$(dirname "$0")/.."

target="${1:-$(rustc -vV | sed -n 's/^host: //p')}"
version="$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)"
name="rhetor-$version-$target"
python="$(command -v python3 || command -v python)"

# Keep the paths of this machine out of the binary. Git's shell on Windows prints the path that rustc sees with -W.
here="$(pwd -W 2>/dev/null || pwd)"
cargo_home="${CARGO_HOME:-$(cd ~ && { pwd -W 2>/dev/null || pwd; })/.cargo}"
flags=("--remap-path-prefix=$here=rhetor" "--remap-path-prefix=$cargo_home=cargo")
case "$target" in
  *-linux-* | *-windows-msvc) flags+=(-C target-feature=+crt-static) ;;
esac
CARGO_ENCODED_RUSTFLAGS="$(IFS=$'\x1f' && printf '%s' "${flags[*]}")" CARGO_PROFILE_RELEASE_STRIP=symbols \
  cargo build --release --locked --features parquet,serve --target "$target"

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
folder="$work/$name"
mkdir -p "$folder/share/completions"

suffix=""
case "$target" in *-windows-*) suffix=.exe ;; esac
rhetor="$folder/rhetor$suffix"
cp "target/$target/release/rhetor$suffix" "$rhetor"
"$python" release/documents.py "$folder"
"$rhetor" man -o "$folder/share/man/man1"
"$rhetor" completions bash > "$folder/share/completions/rhetor.bash"
"$rhetor" completions zsh > "$folder/share/completions/_rhetor"
"$rhetor" completions fish > "$folder/share/completions/rhetor.fish"
"$rhetor" completions powershell > "$folder/share/completions/_rhetor.ps1"
"$python" release/notices.py "$target" > "$folder/THIRD-PARTY.txt"

mkdir -p dist
"$python" release/pack.py "$folder" dist
