"""Fails when the printed figures of a run on real_dev fall short of what the project promises."""
import argparse
import re
import sys

PROMISES = [  # what, pattern with one number, lowest, highest
    ("macro-F1", r"macro-F1 ([\d.]+)", 0.74, 1.0),
    ("expected calibration error", r"ECE ([\d.]+)", 0.0, 0.03),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("figures", metavar="FIGURES.txt", help="what the data's own score.py printed")
    with open(parser.parse_args().figures, encoding="utf-8") as figures:
        text = figures.read()
    failed = []
    for what, pattern, low, high in PROMISES:
        value = float(re.search(pattern, text)[1])
        print(f"{what}: {value} (promised {low} to {high})")
        if not low <= value <= high:
            failed.append(what)
    dropped, clutter = map(int, re.search(r"gate: (\d+) of (\d+) 'other' dropped", text).groups())
    lost, real = map(int, re.search(r"(\d+) of (\d+) real paragraphs lost", text).groups())
    print(f"gate: {dropped} of {clutter} clutter dropped (promised eight in ten), {lost} of {real} real lost (at most 1 %)")
    if 10 * dropped < 8 * clutter or lost > 0.01 * real:
        failed.append("gate")
    if failed:
        sys.exit("short of the promise: " + ", ".join(failed))


if __name__ == "__main__":
    main()
