#!/usr/bin/env python3
"""Copies the documents of a release: documents.py FOLDER

README.md, the changelog, citation and licences, the label guide, the articles that README and the guides use, and every
file that one of these Markdown files links to.
"""

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIRST = ["README.md", "CHANGELOG.md", "CITATION.cff", "LICENSE-MIT", "LICENSE-APACHE", "seeds/README.md"]
ARTICLES = ["seeds/samples", "seeds/articles"]
# A link or an image that is no web address and no anchor of the same page.
LINK = re.compile(r"\]\((?![a-z]+:|#)([^)#\s]+)")


def linked(document):
    """The files that a Markdown document links to; of a folder, its README.md."""
    for link in LINK.findall(document.read_text(encoding="utf-8")):
        path = (document.parent / link).resolve()
        yield path / "README.md" if path.is_dir() else path


def main():
    target = Path(sys.argv[1])
    waiting = [ROOT / name for name in FIRST]
    for folder in ARTICLES:
        waiting.extend((ROOT / folder).iterdir())
    seen = set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        if not path.is_relative_to(ROOT) or not path.is_file():
            sys.exit(f"documents.py: found a link to {path}, expected a file of the repository")
        copy = target / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
        # A sample may be Markdown, but it is a web page of its own.
        if path.suffix == ".md" and path.parent.name != "samples":
            waiting.extend(linked(path))


main()
