"""Celery: every task names the seat it works for; see `provinces.tasks`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("chazhenjia", task_cls="provinces.tasks:SeatTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add("watching.alive:WorkerStep")
