"""Fails if the figures of a run on a development set fall short of what the project promises."""
import argparse
import re
import sys

# By set: what, pattern with one number, lowest, highest.
PROMISES = {
    "real_dev": [
        ("macro-F1", r"macro-F1 ([\d.]+)", 0.77, 1.0),
        ("log loss", r"log loss ([\d.]+)", 0.0, 0.40),
        ("expected calibration error", r"ECE ([\d.]+)", 0.0, 0.02),
    ],
    "world_dev": [
        ("macro-F1", r"macro-F1 ([\d.]+)", 0.80, 1.0),
        ("log loss", r"log loss ([\d.]+)", 0.0, 0.415),
        ("expected calibration error", r"ECE ([\d.]+)", 0.0, 0.02),
    ],
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", choices=PROMISES)
    parser.add_argument("figures", metavar="FIGURES.txt", help="what the data's own score.py printed")
    args = parser.parse_args()
    with open(args.figures, encoding="utf-8") as figures:
        text = figures.read()
    failed = []
    for what, pattern, low, high in PROMISES[args.set]:
        value = float(re.search(pattern, text)[1])
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
