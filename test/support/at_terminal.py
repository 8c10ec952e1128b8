"""Runs a program at a new pseudo-terminal and types the given inputs.

    at_terminal.py PROMPT INPUT[,INPUT...] PROGRAM [ARG...]

PROMPT is a regular expression. Each time it appears, the next INPUT is used: @ROWSxCOLUMNS changes the terminal's size,
!NUMBER sends that signal to the foreground process group, and anything else is typed (with escapes such as \\r).
Prints a line of JSON: the output to the terminal, standard output (a separate pipe) and the exit code.
"""
import fcntl
import json
import os
import pty
import re
import struct
import sys
import termios


def apply(text, terminal):
    if text.startswith("@"):
        rows, columns = map(int, text[1:].split("x"))
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    elif text.startswith("!"):
        os.killpg(os.tcgetpgrp(terminal), int(text[1:]))
    else:
        os.write(terminal, text.encode().decode("unicode_escape").encode())


prompt, inputs, program = sys.argv[1].encode(), sys.argv[2].split(","), sys.argv[3:]
out_read, out_write = os.pipe()
pid, terminal = pty.fork()
if pid == 0:
    # Standard input and output are not the terminal, as in a pipeline. Standard error and /dev/tty are.
    os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
    os.dup2(out_write, 1)
    os.execvp(program[0], program)
os.close(out_write)
shown, seen = b"", 0
while True:
    try:
        data = os.read(terminal, 1024)
    except OSError:
        break
    if not data:
        break
    shown += data
    while inputs and len(re.findall(prompt, shown)) > seen:
        seen += 1
        apply(inputs.pop(0), terminal)
stdout = b""
while chunk := os.read(out_read, 65536):
    stdout += chunk
_, status = os.waitpid(pid, 0)
code = os.waitstatus_to_exitcode(status)
print(json.dumps({"terminal": shown.decode(errors="replace"), "stdout": stdout.decode(), "exitCode": code}))
