"""A Spark cluster on this machine labels a million paragraphs while parts of it are killed.

    python benches/spark/cluster.py WHEEL [--rows N] [--work FOLDER]

Starts a master and two workers on loopback, ships the wheel by `--archives` to a Python that lacks the package, and runs
python/examples/spark_job.py on eight Parquet files three times: undisturbed, with `kill -9` of one executor, and with
`kill -9` of one Python worker. Each time every row must be there once, with the labels of one process. Needs Linux, Java
17 and, in this Python, pyspark, pandas < 3 and the package itself.
"""

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyspark

import pyrhetor

PROJECT = Path(__file__).parents[2]
SPARK = Path(pyspark.__file__).parent
N_FILES = 8


def paragraphs(n_rows: int) -> pa.Table:
    """Paragraphs of the seeds over and over, in documents of ten."""
    texts = []
    for path in sorted((PROJECT / "seeds" / "articles").glob("*.txt")):
        blocks = path.read_text(encoding="utf-8").split("---\n", 2)[-1].split("\n\n")
        texts += [block.partition("] ")[2].strip() for block in blocks if "] " in block]
    numbers = range(n_rows)
    docs = pa.array([f"d{number // 10}" for number in numbers])
    column = pa.array([texts[number % len(texts)] for number in numbers])
    return pa.table({"id": pa.array(numbers, pa.int64()), "doc": docs, "index": [n % 10 for n in numbers], "text": column})


def children(process: int) -> list[int]:
    """The processes below a process."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and int((entry / "stat").read_text().rpartition(") ")[2].split()[1]) == process:
                found += [int(entry.name), *children(int(entry.name))]
        except OSError:
            continue
    return found


def command_of(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def executor_of(workers: list[subprocess.Popen]) -> int | None:
    below = [child for worker in workers for child in children(worker.pid)]
    return next((child for child in below if "CoarseGrainedExecutorBackend" in command_of(child)), None)


def python_worker_of(workers: list[subprocess.Popen]) -> int | None:
    """A Python process that labels rows: a child of the process that forks them."""
    below = [child for worker in workers for child in children(worker.pid)]
    daemons = [child for child in below if "pyspark.daemon" in command_of(child)]
    forked = [child for daemon in daemons for child in children(daemon)]
    return next(iter(forked), None)


class Killer(threading.Thread):
    """Kills the process that `find` finds, `delay` seconds after the first one was there."""

    def __init__(self, find, workers, delay):
        super().__init__(daemon=True)
        self.find, self.workers, self.delay = find, workers, delay
        self.killed = None
        self.is_over = False

    def run(self):
        while not self.is_over and self.find(self.workers) is None:
            time.sleep(0.2)
        time.sleep(self.delay)
        process = None if self.is_over else self.find(self.workers)
        if process is not None:
            os.kill(process, signal.SIGKILL)
            self.killed = process


def worker_python(folder: Path) -> str:
    """A Python with what Spark needs on workers, and without the package."""
    python = folder / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "pyarrow", "pandas<3"], check=True)
    assert subprocess.run([python, "-c", "import pyrhetor"], capture_output=True).returncode, "the package is there"
    return str(python)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def run(job, output, killer):
    shutil.rmtree(output, ignore_errors=True)
    start = time.monotonic()
    if killer:
        killer.start()
    done = subprocess.run(job, capture_output=True, text=True)
    seconds = time.monotonic() - start
    if killer:
        killer.is_over = True
        killer.join()
    if done.returncode:
        sys.exit(done.stderr[-4000:])
    return seconds


def check(output: Path, expected: pa.Table) -> None:
    written = pq.read_table(output).sort_by("id")
    assert written.column("id") == expected.column("id"), f"{written.num_rows} rows, expected {expected.num_rows}"
    for name in ("label", "p_report", "p_advocacy", "p_analysis", "model"):
        assert pc.all(pc.equal(written.column(name), expected.column(name))).as_py() is not False, name
        assert written.column(name).null_count == expected.column(name).null_count, name


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--work", type=Path, default=Path("spark-cluster"))
    args = parser.parse_args()
    work = args.work.absolute()
    source = work / "rows"
    shutil.rmtree(work, ignore_errors=True)
    source.mkdir(parents=True)

    start = time.monotonic()
    table = paragraphs(args.rows)
    # Documents are not split between files.
    size = -(-args.rows // N_FILES // 10) * 10
    for number in range(N_FILES):
        pq.write_table(table.slice(number * size, size), source / f"{number}.parquet", row_group_size=size)
    print(f"{args.rows} rows in {N_FILES} files: {time.monotonic() - start:.1f} s", flush=True)
    start = time.monotonic()
    expected = pyrhetor.load().score(table)
    print(f"one process, without neighbours: {time.monotonic() - start:.1f} s", flush=True)

    port = free_port()
    environment = {
        **os.environ,
        "SPARK_HOME": str(SPARK),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_WORKER_DIR": str(work / "worker"),
        "PYSPARK_PYTHON": worker_python(work / "python"),
        "PYSPARK_DRIVER_PYTHON": sys.executable,
    }
    os.environ.update(environment)
    log = open(work / "cluster.log", "w")
    spark_class = [str(SPARK / "bin" / "spark-class")]

    def started(*command):
        return subprocess.Popen([*spark_class, *command], stdout=log, stderr=log, env=environment)

    here = ["--host", "127.0.0.1", "--webui-port", "0"]
    master = started("org.apache.spark.deploy.master.Master", *here, "--port", str(port))
    url = f"spark://127.0.0.1:{port}"
    time.sleep(5)
    workers = [started("org.apache.spark.deploy.worker.Worker", *here, "--cores", "1", "--memory", "2g", url) for _ in range(2)]
    try:
        time.sleep(5)
        archive = work / "pyrhetor.zip"
        shutil.copy(args.wheel, archive)
        settings = {
            "spark.executorEnv.PYTHONPATH": "packages",
            "spark.executor.memory": "1g",
            "spark.driver.host": "127.0.0.1",
            "spark.ui.enabled": "false",
            # One task per file, so that a killed process has work to lose.
            "spark.sql.files.maxPartitionBytes": "1g",
            "spark.sql.files.openCostInBytes": "1g",
        }
        options = [part for name, value in settings.items() for part in ("--conf", f"{name}={value}")]
        script = str(PROJECT / "python" / "examples" / "spark_job.py")
        output = work / "labelled"
        job = [str(SPARK / "bin" / "spark-submit"), "--master", url, "--archives", f"{archive}#packages", *options]
        job += [script, str(source), str(output)]
        plain = run(job, output, None)
        check(output, expected)
        print(f"undisturbed: {plain:.1f} s, every row once", flush=True)
        for name, find in [("executor", executor_of), ("Python worker", python_worker_of)]:
            killer = Killer(find, workers, max(2.0, plain / 4))
            seconds = run(job, output, killer)
            check(output, expected)
            assert killer.killed, f"no {name} was found"
            print(f"kill -9 of one {name}: {seconds:.1f} s, every row once", flush=True)
    finally:
        for process in (*workers, master):
            process.terminate()
            process.wait()


if __name__ == "__main__":
    main()
