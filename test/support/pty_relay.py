"""Runs a program at a new pseudo-terminal, and relays its input and output.

    pty_relay.py COLUMNSxROWS all|stderr PROGRAM [ARG...]

Standard input is typed at the terminal, and output to the terminal is copied to standard output. With `all` the three
standard streams of the program are the terminal; with `stderr` its standard output is file descriptor 3 instead. The
exit code is that of the program, or 128+N after signal N.
"""
import fcntl
import os
import pty
import select
import struct
import sys
import termios

(columns, rows), streams, program = map(int, sys.argv[1].split("x")), sys.argv[2], sys.argv[3:]
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(2, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    if streams == "stderr":
        os.dup2(3, 1)
        os.close(3)
    os.execvp(program[0], program)
if streams == "stderr":
    os.close(3)
inputs = [0]
while True:
    ready, _, _ = select.select([terminal, *inputs], [], [])
    if 0 in ready:
        typed = os.read(0, 1024)
        if typed:
            os.write(terminal, typed)
        else:
            inputs = []
    if terminal in ready:
        try:
            shown = os.read(terminal, 65536)
        except OSError:
            break
        if not shown:
            break
        os.write(1, shown)
_, status = os.waitpid(pid, 0)
code = os.waitstatus_to_exitcode(status)
sys.exit(code if code >= 0 else 128 - code)
