"""How rhetor's time and memory grow with its input: a table, and a picture of the times."""
from inputs import write_forms
from measure import alternate, peak, seconds
from tools import rhetor

FORMS = ["text", "jsonl"]
WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 560, 320, 56, 40, 24
COLOURS = {"text": "#1f5fa8", "jsonl": "#b3541e"}


def growth(args, models, work):
    """Seconds and peak memory of the default model by form and size: {form: [(megabytes, seconds, peak)]}."""
    points = {form: [] for form in FORMS}
    for step in range(args.growth_steps):
        folder = work / f"growth-{step}"
        folder.mkdir()
        inputs = write_forms(args.unlabelled, args.repeat * 2**step, folder, FORMS)
        for form in FORMS:
            tool = next(rhetor(args, models, inputs, form, work))
            runs = alternate([tool], args.runs)[tool.name]
            points[form].append((inputs.n_bytes / 1e6, seconds(runs), peak(runs)))
    return points


def growth_lines(points):
    for form, of_form in points.items():
        for megabytes, time, memory in of_form:
            yield [form, f"{megabytes:.0f}", f"{time:.2f}", f"{megabytes / time:.1f}", memory]


def picture(points):
    """An SVG of seconds over megabytes, both axes from 0, so that linear growth is a straight line."""
    most_mb = max(mb for of_form in points.values() for mb, _, _ in of_form)
    most_s = max(time for of_form in points.values() for _, time, _ in of_form)

    def place(megabytes, time):
        across = LEFT + megabytes / most_mb * (WIDTH - LEFT - 72)
        return across, HEIGHT - BOTTOM - time / most_s * (HEIGHT - BOTTOM - TOP)

    parts = [*axes(place, most_mb, most_s)]
    for form, of_form in points.items():
        places = [place(megabytes, time) for megabytes, time, _ in of_form]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{COLOURS[form]}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{COLOURS[form]}"/>' for x, y in places]
    parts += key(points)
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    style = 'font-family="sans-serif" font-size="12" fill="#333"'
    body = "\n".join(parts)
    ground = '<rect width="100%" height="100%" fill="#fff"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style}>\n{ground}\n{body}\n</svg>\n'


def axes(place, most_mb, most_s):
    (left, bottom), (right, top) = place(0, 0), place(most_mb, most_s)
    yield f'<path d="M{left},{top:.1f} V{bottom} H{right:.1f}" fill="none" stroke="#888"/>'
    for quarter in range(5):
        x, y = place(most_mb * quarter / 4, most_s * quarter / 4)
        yield f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle">{most_mb * quarter / 4:.0f}</text>'
        yield f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{most_s * quarter / 4:.1f}</text>'
    yield f'<text x="{right:.1f}" y="{bottom + 34}" text-anchor="end">MB of text</text>'
    yield f'<text x="{left}" y="{top - 10:.1f}">seconds</text>'


def key(points):
    # At a fixed place: the ends of two lines that lie on each other leave no room for names.
    for number, form in enumerate(points):
        yield f'<text x="{LEFT + 16}" y="{TOP + 20 + 16 * number}" fill="{COLOURS[form]}">{form}</text>'
