"""A listener whose backlog is full: connections time out, as behind a firewall that drops packets.

Prints the port, and runs until its standard input ends.
"""
import socket
import sys

listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen(0)
clients = []
for _ in range(10):
    client = socket.socket()
    client.setblocking(False)
    client.connect_ex(listener.getsockname())
    clients.append(client)
print(listener.getsockname()[1], flush=True)
sys.stdin.read()
