"""Fails if the figures of a run on a development set fall short of what the project promises."""
import argparse
import pathlib
import re
import sys

# By set: what, pattern with one number, lowest, highest.
PROMISES = {
    "real_dev": [
        ("macro-F1", r"macro-F1 ([\d.]+)", 0.775, 1.0),
        ("log loss", r"log loss ([\d.]+)", 0.0, 0.385),
    ],
    "world_dev": [
        ("macro-F1", r"macro-F1 ([\d.]+)", 0.815, 1.0),
        ("log loss", r"log loss ([\d.]+)", 0.0, 0.40),
    ],
}

# The highest expected calibration error over all rows, whatever the confidence of their labels. On as few rows as
# world_dev has, a perfectly calibrated model would have .021 on average, and more than .031 in one of twenty draws.
MOST_CALIBRATION_ERROR = {"real_dev": 0.02, "world_dev": 0.03}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", choices=PROMISES)
    parser.add_argument("figures", metavar="FIGURES.txt", help="what the data's own score.py printed")
    parser.add_argument("all_figures", metavar="ALL.txt", help="the same with --min-confidence 1")
    args = parser.parse_args()
    text, all_rows = (pathlib.Path(path).read_text(encoding="utf-8") for path in (args.figures, args.all_figures))
    failed = []
    checks = [(text, promise) for promise in PROMISES[args.set]] + [
        (all_rows, ("expected calibration error over all rows", r"ECE ([\d.]+)", 0.0, MOST_CALIBRATION_ERROR[args.set]))
    ]
    for printed, (what, pattern, low, high) in checks:
        value = float(re.search(pattern, printed)[1])
        print(f"{args.set}: {what} {value} (promised {low} to {high})")
        if not low <= value <= high:
            failed.append(what)
    dropped, boilerplate = map(int, re.search(r"gate: (\d+) of (\d+) 'other' dropped", text).groups())
    lost, real = map(int, re.search(r"(\d+) of (\d+) real paragraphs lost", text).groups())
    print(f"{args.set}: {dropped} of {boilerplate} boilerplate blocks dropped, {lost} of {real} real paragraphs lost")
    if args.set == "real_dev" and (10 * dropped < 8 * boilerplate or lost > 0.01 * real):
        failed.append("boilerplate filter (eight in ten dropped, at most 1 % of real paragraphs lost)")
    if failed:
        sys.exit("short of the promise: " + ", ".join(failed))


if __name__ == "__main__":
    main()
