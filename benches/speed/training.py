"""Training timed: rhetor's plain naive Bayes, its default recipe when asked for, fastText."""
import sys

from inputs import write_labelled
from measure import alternate, paired_ratio, peak, processor_seconds, progress, seconds
from tools import FASTTEXT_SIZES, HERE, PLAIN, PLAIN_NAME, Tool


def size_of(path):
    return path.stat().st_size


def training_tools(args, work):
    rows, lines = work / "labelled.jsonl", work / "labelled.txt"

    def tool(name, model, *command):
        return Tool(name, [*command], model, None, size_of, writes_itself=True)

    def rhetor(name, model, *options):
        return tool(name, model, args.rhetor, "train", rows, "--threads", args.threads, "-o", model, *options)

    yield rhetor(PLAIN_NAME, work / "timed-plain.safetensors", *PLAIN)
    if args.train_default:
        yield rhetor("rhetor, the default recipe", work / "timed-default.safetensors")
    for dim, bucket in FASTTEXT_SIZES.items():
        model = work / f"timed-{dim}.bin"
        command = [sys.executable, HERE / "train_peer.py", "fasttext", lines, model, dim, bucket]
        yield tool(f"fastText, {dim} dimensions", model, *command)


def training_table(args, work):
    n_bytes = write_labelled(args.unlabelled, args.train_paragraphs, work)
    progress(f"{args.train_paragraphs} labelled paragraphs, {n_bytes / 1e6:.0f} MB of text")
    tools = list(training_tools(args, work))
    runs = alternate(tools, args.runs)
    ours = runs[tools[0].name]
    lines = [
        [name, f"{seconds(of):.1f}", f"{processor_seconds(of):.1f}", f"{paired_ratio(of, ours):.2f}", peak(of)]
        for name, of in runs.items()
    ]
    return f"training, {args.train_paragraphs} paragraphs of {n_bytes / 1e6:.0f} MB", lines
