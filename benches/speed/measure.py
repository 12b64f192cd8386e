"""Whole processes timed: from their start to their end, and the most memory they held."""
import os
import resource
import shlex
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass

from inputs import Failure

# One thread each, bytes as UTF-8 for all.
ENVIRONMENT = os.environ | {
    "LC_ALL": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


@dataclass
class Run:
    seconds: float
    processor_seconds: float
    peak_bytes: int


def progress(text):
    print(text, file=sys.stderr, flush=True)


def run_once(name, command, out):
    """One process; its standard output goes to the file `out`, what it says is kept for a failure."""
    command = list(map(str, command))
    with open(out, "wb") as stdout, open(f"{out}.err", "w+b") as stderr:
        started = time.perf_counter()
        try:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, env=ENVIRONMENT)
        except OSError as error:
            raise Failure(f"{command[0]}: {error.strerror}") from None
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            stderr.seek(0)
            said = stderr.read().decode(errors="replace").strip()[-500:]
            raise Failure(f"{name}: `{shlex.join(command)[:300]}` gave {process.returncode}: {said}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def alternate(tools, n_rounds):
    """`n_rounds` runs of each tool, one of each a round, so that a slow minute of the machine hits all of them."""
    runs = {tool.name: [] for tool in tools}
    for number in range(n_rounds):
        for tool in tools:
            tool.clear()
            run = run_once(tool.name, tool.command, tool.stdout)
            tool.check()
            runs[tool.name].append(run)
            progress(f"round {number + 1}, {tool.name}: {run.seconds:.2f} s")
    return runs


def seconds(runs):
    return statistics.median(run.seconds for run in runs)


def processor_seconds(runs):
    """What the processor worked: on a machine with other work less than the time that went by."""
    return statistics.median(run.processor_seconds for run in runs)


def paired_ratio(runs, others):
    """The median over the rounds of how often the processor time of the others' run goes into that of ours.

    Of the processor, for all have one thread, and other work on the machine changes what the clock shows more.
    """
    return statistics.median(run.processor_seconds / other.processor_seconds for run, other in zip(runs, others))


def peak(runs):
    """The median of the most memory held, in MB.

    Linux counts what this script held when it started a process as that process's own, so less cannot be seen.
    """
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    most = statistics.median(run.peak_bytes for run in runs)
    return f"under {own / 1e6:.0f}" if most <= own else f"{most / 1e6:.0f}"
