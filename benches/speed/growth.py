"""How rhetor's time and memory grow with its input and with its vocabulary: tables, and pictures of the times."""
import re
import subprocess

from inputs import Failure, write_forms, write_labelled
from measure import alternate, peak, processor_seconds, progress
from tools import PLAIN, Tool, n_lines, rhetor

FORMS = ["text", "jsonl"]
# How often a feature must occur to be one: about a million, a hundred thousand and ten thousand are left.
MIN_COUNTS = [3, 50, 1_000]
WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 560, 320, 56, 40, 24
COLOURS = {"text": "#1f5fa8", "jsonl": "#b3541e", "scoring": "#1f5fa8"}


def size_growth(args, models, work):
    """The processor's seconds and peak memory of the default model: {form: [(megabytes, seconds, peak)]}."""
    points = {form: [] for form in FORMS}
    for step in range(args.growth_steps):
        folder = work / f"growth-{step}"
        folder.mkdir()
        inputs = write_forms(args.unlabelled, args.repeat * 2**step, folder, FORMS)
        for form in FORMS:
            tool = next(rhetor(args, models, inputs, form, work))
            runs = alternate([tool], args.runs)[tool.name]
            points[form].append((inputs.n_bytes / 1e6, processor_seconds(runs), peak(runs)))
    return points


def size_lines(points):
    for form, of_form in points.items():
        for megabytes, worked, memory in of_form:
            yield [form, f"{megabytes:.0f}", f"{worked:.2f}", f"{megabytes / worked:.1f}", memory]


def vocabulary_growth(args, work):
    """[(features, seconds of training, seconds of scoring, peak memory of scoring)], by the processor.

    The models are plain naive Bayes over the labelled paragraphs of the training table; each scores the articles.
    """
    folder = work / "vocabulary"
    folder.mkdir()
    write_labelled(args.unlabelled, args.train_paragraphs, folder)
    inputs = write_forms(args.unlabelled, args.repeat, folder, ["text"])
    return [of_vocabulary(args, folder, inputs, min_count) for min_count in MIN_COUNTS]


def of_vocabulary(args, folder, inputs, min_count):
    model, result = folder / f"{min_count}.safetensors", folder / "scored.jsonl"
    options = [*PLAIN, "--min-count", min_count, "--threads", args.threads]
    train = [args.rhetor, "train", folder / "labelled.jsonl", "-o", model, *options]
    score = [args.rhetor, "score", "--model", model, "--no-context", "--threads", args.threads]
    score += ["--format", "jsonl", "-o", result, inputs.paths["text"]]
    trained = Tool(f"training, at least {min_count} times", train, model, None, lambda path: path.stat().st_size, True)
    scored = Tool(f"scoring, at least {min_count} times", score, result, inputs.n_paragraphs, n_lines, True)
    of_training = alternate([trained], 1)[trained.name]
    of_scoring = alternate([scored], args.runs)[scored.name]
    worked = processor_seconds(of_training), processor_seconds(of_scoring)
    return n_features(args.rhetor, model), *worked, peak(of_scoring)


def n_features(binary, model):
    """The number of features of a model, over all feature groups that `rhetor inspect` lists."""
    told = subprocess.run([binary, "inspect", model], capture_output=True, text=True)
    found = [int(number) for number in re.findall(r"^feature group .* (\d+) features", told.stdout, re.MULTILINE)]
    if not found:
        raise Failure(f"`rhetor inspect {model}` lists no feature group: {told.stderr.strip()[:200]}")
    progress(f"{model.name}: {sum(found)} features")
    return sum(found)


def vocabulary_lines(points):
    for features, training, scoring, memory in points:
        yield [f"{features:,} features", f"{training:.2f}", f"{scoring:.2f}", memory]


def picture(points, across):
    """An SVG of the processor's seconds over what lies `across`: {name: [(number, seconds)]}.

    Both axes begin at 0, so that linear growth is a straight line.
    """
    most = max(number for of_name in points.values() for number, _ in of_name)
    most_s = max(time for of_name in points.values() for _, time in of_name)

    def place(number, time):
        x = LEFT + number / most * (WIDTH - LEFT - 72)
        return x, HEIGHT - BOTTOM - time / most_s * (HEIGHT - BOTTOM - TOP)

    parts = [*axes(place, most, most_s, across)]
    for name, of_name in points.items():
        places = [place(number, time) for number, time in of_name]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{COLOURS[name]}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{COLOURS[name]}"/>' for x, y in places]
    parts += key(points)
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    style = 'font-family="sans-serif" font-size="12" fill="#333"'
    body = "\n".join(parts)
    ground = '<rect width="100%" height="100%" fill="#fff"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style}>\n{ground}\n{body}\n</svg>\n'


def axes(place, most, most_s, across):
    (left, bottom), (right, top) = place(0, 0), place(most, most_s)
    yield f'<path d="M{left},{top:.1f} V{bottom} H{right:.1f}" fill="none" stroke="#888"/>'
    for quarter in range(5):
        x, y = place(most * quarter / 4, most_s * quarter / 4)
        yield f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle">{most * quarter / 4:.0f}</text>'
        yield f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{most_s * quarter / 4:.1f}</text>'
    yield f'<text x="{right:.1f}" y="{bottom + 34}" text-anchor="end">{across}</text>'
    yield f'<text x="{left}" y="{top - 10:.1f}">seconds</text>'


def key(points):
    # At a fixed place: the ends of two lines that lie on each other leave no room for names.
    for number, form in enumerate(points):
        yield f'<text x="{LEFT + 16}" y="{TOP + 20 + 16 * number}" fill="{COLOURS[form]}">{form}</text>'
