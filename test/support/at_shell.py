"""Types lines at an interactive shell in a new pseudo-terminal.

    at_shell.py LINES PROGRAM [ARG...]

LINES is a JSON list. Line N is typed when the prompt "READY<N>> " has appeared, and "exit" after the last one. Prints
the output to the terminal.
"""
import json
import os
import pty
import signal
import sys

lines, program = json.loads(sys.argv[1]) + ["exit\r"], sys.argv[2:]
# If the shell hangs, this process ends before the test does, and its terminal closes.
signal.alarm(590)
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(program[0], program)
shown = b""
typed = 0
while True:
    try:
        data = os.read(terminal, 4096)
    except OSError:
        break
    if not data:
        break
    shown += data
    if typed < len(lines) and b"READY%d> " % typed in shown:
        os.write(terminal, lines[typed].encode())
        typed += 1
os.waitpid(pid, 0)
print(shown.decode(errors="replace"))
