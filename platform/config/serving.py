"""How gunicorn serves the pages: `gunicorn -c python:config.serving config.wsgi:application`.

More threads than requests that work at once: the others hold those who wait, and tell the rest at once to come later
(`gateway.admission`). A thread that waits costs nothing.
"""

from __future__ import annotations

import os

from config.env import Env

_env = Env()
SPARE = 8
"""Threads that neither work nor wait: they turn people away."""

bind = f"{os.environ.get('BIND', '127.0.0.1')}:{os.environ.get('WEB_PORT') or 8000}"
worker_class = "gthread"
workers = _env.web_processes
threads = _env.web_threads + _env.web_uploads + _env.web_waiting + SPARE
worker_connections = 1000
backlog = 256
"""Connections that the kernel holds while all processes are busy taking others; further ones are refused."""
timeout = 60
"""A process whose main loop has not moved for so long is killed. Requests have limits of their own."""
graceful_timeout = 25
"""After SIGTERM requests in hand have so long to end; nothing new is taken."""
keepalive = 5
limit_request_line = 8190
limit_request_fields = 100
limit_request_field_size = 8190
control_socket_disable = True
