"""Sends a running `rhetor serve` articles at a fixed rate and prints the times of the answers.

    python3 load.py URL ARTICLE [RATE] [SECONDS]

Requests are due at fixed times, whether or not earlier ones have been answered, and each time is counted from when the
request was due. So a server that stalls is not asked less, and waiting in line counts. Needs only Python.
"""

import asyncio
import sys
import time
from urllib.parse import urlsplit

CONNECTIONS = 32


async def worker(queue, host, port, request, times, errors):
    reader = writer = None
    while (due := await queue.get()) is not None:
        try:
            if writer is None:
                reader, writer = await asyncio.open_connection(host, port)
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            body = await reader.readexactly(length)
            if not head.startswith(b"HTTP/1.1 200") or b'"label"' not in body:
                raise OSError(head.split(b"\r\n")[0].decode())
            times.append(time.perf_counter() - due)
        except (OSError, asyncio.IncompleteReadError, StopIteration) as error:
            errors.append(repr(error))
            writer = None


async def load(url, article, rate, seconds):
    parts = urlsplit(url)
    body = open(article, "rb").read()
    kind = "text/html" if article.endswith(".html") else "text/plain"
    request = (
        f"POST /v1/score HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body
    queue, times, errors = asyncio.Queue(), [], []
    jobs = (worker(queue, parts.hostname, parts.port, request, times, errors) for _ in range(CONNECTIONS))
    workers = [asyncio.create_task(job) for job in jobs]
    start = time.perf_counter()
    for number in range(rate * seconds):
        due = start + number / rate
        await asyncio.sleep(max(0, due - time.perf_counter()))
        queue.put_nowait(due)
    for _ in workers:
        queue.put_nowait(None)
    await asyncio.gather(*workers)
    total = time.perf_counter() - start
    times.sort()
    at = lambda share: 1000 * times[min(len(times) - 1, int(share * len(times)))]
    print(f"{len(times)} answers in {total:.1f} s ({len(times) / total:.0f} per second), {len(errors)} errors")
    if times:
        print(f"ms: median {at(0.5):.1f}, p90 {at(0.9):.1f}, p99 {at(0.99):.1f}, worst {1000 * times[-1]:.1f}")
    for error in sorted(set(errors)):
        print(error)
    return bool(errors)


if __name__ == "__main__":
    url, article, *numbers = sys.argv[1:]
    rate, seconds = (int(number) for number in (numbers + ["200", "60"][len(numbers) :]))
    sys.exit(asyncio.run(load(url, article, rate, seconds)))
