"""Runs a program at a pseudo-terminal of its own and types at it.

    at_terminal.py PROMPT ANSWER[,ANSWER...] PROGRAM [ARG...]

Does one ANSWER each time PROMPT, a regular expression, appears: types it (with escapes such as \\r), or for @ROWSxCOLUMNS changes the terminal's
size, or for !NUMBER sends that signal to whoever is in the foreground. Prints a line of JSON: what the terminal showed,
what came on standard output (a pipe, so that it can be told from the terminal), and the exit code.
"""
import fcntl
import json
import os
import pty
import re
import struct
import sys
import termios



def do(answer, terminal):
    if answer.startswith("@"):
        rows, columns = map(int, answer[1:].split("x"))
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    elif answer.startswith("!"):
        os.killpg(os.tcgetpgrp(terminal), int(answer[1:]))
    else:
        os.write(terminal, answer.encode().decode("unicode_escape").encode())


prompt, answers, program = sys.argv[1].encode(), sys.argv[2].split(","), sys.argv[3:]
out_read, out_write = os.pipe()
pid, terminal = pty.fork()
if pid == 0:
    # Standard input and output are pipes, as in a pipeline; only the controlling terminal is one.
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
    while answers and len(re.findall(prompt, shown)) > seen:
        seen += 1
        do(answers.pop(0), terminal)
stdout = b""
while chunk := os.read(out_read, 65536):
    stdout += chunk
_, status = os.waitpid(pid, 0)
code = os.waitstatus_to_exitcode(status)
print(json.dumps({"terminal": shown.decode(errors="replace"), "stdout": stdout.decode(), "exitCode": code}))
