"""Runs a program at a pseudo-terminal, which Wine makes a console of, and prints its output."""

import os
import pty
import sys

pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
while True:
    try:
        data = os.read(terminal, 4096)
    except OSError:  # The terminal's other side is closed.
        break
    if not data:
        break
    os.write(1, data)
os.waitpid(pid, 0)
