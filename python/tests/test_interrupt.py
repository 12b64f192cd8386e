"""An interrupt ends scoring and training."""

import os
import signal
import subprocess
import sys
import time

import pytest

SCORE = """
import pyrhetor
model = pyrhetor.load()
texts = ["The council voted 31 to 12 on Tuesday to build the tram line, officials said."] * 2_000_000
print("ready", flush=True)
model.score(texts)
"""
TRAIN = """
import pyrhetor
print("ready", flush=True)
pyrhetor.train(["seeds/articles", "seeds/contrasts"])
"""


@pytest.mark.skipif(os.name == "nt", reason="a test cannot interrupt a process on Windows")
@pytest.mark.parametrize("script", [SCORE, TRAIN])
def test_an_interrupt_raises_keyboard_interrupt(script):
    root = os.path.join(os.path.dirname(__file__), "..", "..")
    command = [sys.executable, "-c", script]
    process = subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert "KeyboardInterrupt" in errors and process.returncode != 0
