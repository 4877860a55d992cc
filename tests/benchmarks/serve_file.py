"""Serve one file to whoever asks, from the kernel to the socket: ``serve_file.py FILE``.

It costs little CPU, so that a client is not measured against the server. It prints its port.
"""

import socket
import sys
from pathlib import Path
from threading import Thread


def _answer(connection: socket.socket, path: Path) -> None:
    with connection, path.open("rb") as file:
        asked = b""
        while b"\r\n\r\n" not in asked:
            asked += connection.recv(1 << 16)
        head = f'HTTP/1.1 200 OK\r\nContent-Length: {path.stat().st_size}\r\nETag: "one"\r\n'
        connection.sendall(f"{head}Connection: close\r\n\r\n".encode())
        connection.sendfile(file)


if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", 0)) as server:
        sys.stdout.write(f"{server.getsockname()[1]}\n")
        sys.stdout.flush()
        while True:
            Thread(target=_answer, args=(server.accept()[0], Path(sys.argv[1]))).start()
