"""Runs programs one after the other, and prints what each run took.

Reads a JSON object with argv and environment from each line of standard input, and prints one for each. It is not part of
the benchmark's own process, because the peak memory of a child is at least that of the process that starts it.
"""
import json
import os
import sys
import time

null = os.open(os.devnull, os.O_RDWR)
silent = [(os.POSIX_SPAWN_DUP2, null, descriptor) for descriptor in (0, 1, 2)]
# In kilobytes, but in bytes on macOS.
rss_unit = 1 if sys.platform == "darwin" else 1024

for line in sys.stdin:
    program = json.loads(line)
    started = time.perf_counter()
    pid = os.posix_spawn(program["argv"][0], program["argv"], program["environment"], file_actions=silent)
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - started
    cost = {
        "exitCode": os.waitstatus_to_exitcode(status),
        "wallMs": wall * 1000,
        "cpuMs": (usage.ru_utime + usage.ru_stime) * 1000,
        "pageFaults": usage.ru_minflt,
        "peakMiB": usage.ru_maxrss * rss_unit / 2**20,
    }
    print(json.dumps(cost), flush=True)
