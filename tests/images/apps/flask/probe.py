"""Start the server as the image does, and show what it answers."""

import subprocess
import time
import urllib.request

server = subprocess.Popen(["gunicorn", "--bind", "127.0.0.1:8765", "--log-level", "error", "app:app"])
for _ in range(100):
    try:
        print(urllib.request.urlopen("http://127.0.0.1:8765/").read().decode(), end="")
        break
    except OSError:
        time.sleep(0.1)
server.terminate()
server.wait()
