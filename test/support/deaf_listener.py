"""Takes no connection, as an address behind a firewall that drops everything: its queue is full, and nobody empties it.

Prints the port, and ends with its standard input.
"""
import socket
import sys

listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen(0)
callers = []
for _ in range(10):
    caller = socket.socket()
    caller.setblocking(False)
    caller.connect_ex(listener.getsockname())
    callers.append(caller)
print(listener.getsockname()[1], flush=True)
sys.stdin.read()
