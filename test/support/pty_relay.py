"""Runs a program at a pseudo-terminal of its own: all three standard streams, or all but standard output.

    pty_relay.py COLUMNSxROWS all|stderr PROGRAM [ARG...]

What the terminal shows comes on standard output as it is shown; what comes on standard input is typed. With `stderr`
the program's standard output goes to file descriptor 3. Ends with the program's exit code, 128+N after signal N.
"""
import fcntl
import os
import pty
import select
import struct
import sys
import termios

(columns, rows), which, program = map(int, sys.argv[1].split("x")), sys.argv[2], sys.argv[3:]
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(2, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    if which == "stderr":
        os.dup2(3, 1)
        os.close(3)
    os.execvp(program[0], program)
if which == "stderr":
    os.close(3)
keyboard = [0]
while True:
    ready, _, _ = select.select([terminal, *keyboard], [], [])
    if 0 in ready:
        typed = os.read(0, 1024)
        if typed:
            os.write(terminal, typed)
        else:
            keyboard = []
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
