#!/usr/bin/env python3
"""Prints the licences of everything that is linked into rhetor for a target.

    notices.py TARGET

asks `cargo metadata` for the crates and takes the licence files from their sources, including C code. A text that
several crates share is printed once, with the names of all of them.
"""

import json
import subprocess
import sys
from pathlib import Path

# How deep in a crate a C library with a licence of its own may be.
DEPTH = 4
NAMES = ("license", "licence", "copying", "notice", "unlicense", "copyright")


def metadata(target):
    command = ["cargo", "metadata", "--locked", "--format-version", "1", "--features", "parquet,serve"]
    return json.loads(subprocess.check_output([*command, "--filter-platform", target]))


def linked(found):
    """The identifiers of the packages that the program is made of, without itself."""
    nodes = {node["id"]: node for node in found["resolve"]["nodes"]}
    root = found["resolve"]["root"]
    reached, waiting = set(), [root]
    while waiting:
        for dependency in nodes[waiting.pop()]["deps"]:
            is_linked = any(kind["kind"] is None for kind in dependency["dep_kinds"])
            if is_linked and dependency["pkg"] not in reached:
                reached.add(dependency["pkg"])
                waiting.append(dependency["pkg"])
    return reached - {root}


def licence_texts(folder):
    for path in sorted(folder.rglob("*")):
        is_near = len(path.relative_to(folder).parts) <= DEPTH
        if is_near and path.is_file() and path.name.lower().startswith(NAMES) and path.suffix not in (".rs", ".c", ".h"):
            text = path.read_text(encoding="utf-8", errors="replace")
            yield "\n".join(line.rstrip() for line in text.splitlines()).strip()


def main():
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    found = metadata(sys.argv[1])
    reached = linked(found)
    packages = sorted((p for p in found["packages"] if p["id"] in reached), key=lambda p: (p["name"], p["version"]))
    users = {}
    print("rhetor is linked with these crates, and with the Rust standard library (MIT OR Apache-2.0).")
    print("The source of each is at https://crates.io/crates/NAME/VERSION.\n")
    for package in packages:
        name = f"{package['name']} {package['version']}"
        texts = list(dict.fromkeys(licence_texts(Path(package["manifest_path"]).parent)))
        note = "" if texts else " (no text in the crate)"
        print(f"{name}: {package['license'] or package['license_file']}, {package['repository']}{note}")
        for text in texts:
            users.setdefault(text, []).append(name)
    for text, names in users.items():
        print(f"\n{'=' * 80}\n{', '.join(names)}\n{'=' * 80}\n\n{text}")


main()
