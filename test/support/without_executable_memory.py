"""Runs a program that may not have new executable memory, as under MemoryDenyWriteExecute=yes of systemd.

    without_executable_memory.py PROGRAM [ARG...]

Exits with code 99 if the kernel does not support that (before Linux 6.3).
"""
import ctypes
import os
import signal
import sys

PR_SET_MDWE = 65
PR_MDWE_REFUSE_EXEC_GAIN = 1

if ctypes.CDLL(None).prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0) != 0:
    sys.exit(99)
# Python ignores it.
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])
