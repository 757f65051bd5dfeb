"""Images: nobody special, nothing unpinned, every part that anything starts exists."""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.core.management import get_commands
from harness.operators import PART, parts

from appraisal.recognition import sharding
from runtime.up import House

ROOT = Path(__file__).resolve().parents[2]
IMAGES = ROOT / "infra" / "images"


@pytest.mark.parametrize("name", ["Containerfile", "pgbouncer.Containerfile"])
def test_a_containerfile_has_no_fault_that_the_linter_knows_and_ends_as_nobody_special(name):
    linter = Path(sys.executable).with_name("hadolint")
    said = subprocess.run([linter, "--no-color", IMAGES / name], capture_output=True, text=True)
    assert said.returncode == 0, said.stdout
    text = (IMAGES / name).read_text("utf-8")
    assert re.findall(r"^USER (.+)$", text, re.M)[-1] == "10001:10001"
    assert re.search(r"^ARG BASE=\S+:\S+$", text, re.M) and re.findall(r"^FROM (\S+)", text, re.M).count("${BASE}") >= 1
    assert "HEALTHCHECK" in text and not re.search(r"^ENV .*(KEY|PASSWORD|SECRET)", text, re.M)


@pytest.mark.parametrize("name", ["Containerfile", "pgbouncer.Containerfile"])
def test_times_are_set_but_not_of_files_that_the_engine_lays_over_the_image(name):
    text = (IMAGES / name).read_text("utf-8").rpartition("&& find /etc")[2]
    passed_over, _, touched = text.partition("-prune")
    assert set(re.findall(r"-path (\S+)", passed_over)) == {"/etc/hosts", "/etc/hostname", "/etc/resolv.conf"}
    assert "-exec touch" in touched.partition("\nENV")[0], "a read-only file ends the build"
    assert (IMAGES / "build").read_text("utf-8").count('"SOURCE_DATE_EPOCH=$epoch"') == 2


def test_what_goes_into_an_image_is_listed_and_nothing_else_goes():
    lines = (ROOT / ".dockerignore").read_text("utf-8").split("\n")
    assert "*" in lines
    taken = [line[1:] for line in lines if line.startswith("!")]
    assert {"platform", "infra/images", "requirements/base.txt"} <= set(taken)
    assert all((ROOT / name).exists() for name in taken)
    assert not {"tests", "docs", "var", ".git", "terraform"} & set(taken)


def test_the_scripts_of_images_are_read_by_a_plain_shell():
    scripts = [file for file in IMAGES.iterdir() if file.read_bytes().startswith(b"#!/bin/sh")]
    assert len(scripts) == 4
    for file in [*scripts, ROOT / "infra" / "compose" / "make-secrets"]:
        assert os.access(file, os.X_OK) and subprocess.run(["sh", "-n", file]).returncode == 0, file.name


def test_every_part_starts_something_that_exists():
    text = PART.read_text("utf-8")
    commands = set(re.findall(r"manage\.py ([a-z_]+)", text))
    assert commands and commands <= set(get_commands())
    assert all(find_spec(name) for name in re.findall(r"(?:python:|-A )(config\.\w+)", text))
    assert {"web", "events", "worker", "intake", "recognition", "beat", "migrate", "health"} <= parts()


def test_the_parts_together_take_from_every_queue():
    from django.conf import settings

    text = PART.read_text("utf-8")
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()} - {"celery"}
    excluded = set(re.search(r"--exclude-queues (\S+)", text)[1].rstrip(";").split(","))
    served = taken_from("intake") | taken_from("recognition")
    assert excluded == routed <= served


def taken_from(part, **environment):
    """What Celery is told when a part starts."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "celery").write_text('#!/bin/sh\nwhile [ "$1" != --queues ]; do shift; done; echo "$2"\n')
        Path(folder, "celery").chmod(0o755)
        path = os.pathsep.join([folder, str(Path(sys.executable).parent), os.environ["PATH"]])
        known = {"PATH": path, "SECRET_KEY": "x", "MASTER_KEY": "x", "PART_FILE": f"{folder}/part"}
        said = subprocess.run([PART, part], env=known | environment, capture_output=True, text=True, check=True)
    return set(said.stdout.strip().split(","))


def test_shards_of_recognition_take_from_every_queue_that_photos_are_sent_to(settings):
    settings.RECOGNITION_SHARDS = 3
    sent = {sharding.queue(number, first=first) for number in range(3) for first in (True, False)}
    own = [taken_from("recognition", RECOGNITION_SHARD=f"{number}/3") for number in range(3)]
    assert set().union(*own) == sent and sum(map(len, own)) == len(sent), "a queue of nobody's, or of two"
    assert taken_from("recognition", RECOGNITION_SHARD="/3") == sent
    assert taken_from("recognition", RECOGNITION_SHARD="1/3", QUEUES="recognition.1") == {"recognition.1"}
    up = House({"RECOGNITION_SHARD": "/3", "WEB_PORT": "1", "EVENTS_PORT": "2", "DATABASE_URL": "x", "BROKER_URL": "x"})
    up.choose_ports()
    (started,) = [part for part in up.parts([]) if part.name == "recognition"]
    assert set(started.argv[started.argv.index("--queues") + 1].split(",")) == sent


def test_a_part_without_keys_does_not_start_with_keys_of_its_own(tmp_path):
    bare = {"PATH": os.environ["PATH"], "SECRETS_DIR": str(tmp_path), "PART_FILE": str(tmp_path / "part")}
    said = subprocess.run([PART, "migrate"], env=bare, capture_output=True, text=True)
    assert said.returncode == 78 and "SECRET_KEY" in said.stderr
    assert subprocess.run([PART, "nonsense"], env=bare | {"SECRET_KEY": "x", "MASTER_KEY": "x"}).returncode == 64


def test_settings_may_lie_in_files_and_the_environment_goes_first(tmp_path, monkeypatch):
    from config.env import Env

    (tmp_path / "master_key").write_text("out of a file\n")
    (tmp_path / "domain").write_text("file.example")
    monkeypatch.setenv("DOMAIN", "environment.example")
    monkeypatch.delenv("MASTER_KEY")
    found = Env(_secrets_dir=str(tmp_path))
    assert (found.master_key.strip(), found.domain) == ("out of a file", "environment.example")


def test_health_of_a_worker_is_told_by_its_signs_of_life_the_longest_silent_deciding(tmp_path):
    signs = tmp_path / "alive" / socket.gethostname()
    signs.mkdir(parents=True)
    (tmp_path / "part").write_text("recognition\n")
    known = {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path), "PART_FILE": str(tmp_path / "part")}

    def lives():
        return subprocess.run([PART, "health"], env=known).returncode == 0

    assert not lives()
    (signs / "worker-a").touch()
    assert lives()
    (signs / "worker-b").touch()
    long_ago = time.time() - 120
    os.utime(signs / "worker-b", (long_ago, long_ago))
    assert not lives()
