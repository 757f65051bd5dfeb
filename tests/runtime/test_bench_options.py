"""A bench may take options of the command line and rate a file."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from runtime import bench as benches
from runtime.bench import Option, Result, Score, Stage, bench


@pytest.fixture(autouse=True)
def registry(monkeypatch):
    monkeypatch.setattr(benches, "_REGISTRY", {})
    monkeypatch.setattr(benches, "autodiscover_modules", lambda name: None)

    @bench("tasting", options=[Option("--file", "what to taste", Path, required=True)], servers=False)
    def tasting(stage: Stage) -> Score:
        assert isinstance(stage.options["file"], Path)
        return Score({"right": 0.5, "by_category": {"sweet": 1.0}, "n": 2, "spoons": stage.options.get("spoons")})

    @bench("race", options=[Option("--laps", "how many", int, default=3)], servers=False)
    def race(stage: Stage) -> Result:
        return Result(stage.options["laps"], 1.5, "a walk")


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("bench", *arguments, stdout=out)
    return out.getvalue()


def test_a_score_is_one_json_object_with_its_figures_on_top_or_a_table(tmp_path):
    told = json.loads(run("tasting", "--here", f"--file={tmp_path}", "--json"))
    assert told == {"right": 0.5, "by_category": {"sweet": 1.0}, "n": 2, "spoons": None}
    assert "by_category\n    sweet: 1" in run("tasting", "--here", f"--file={tmp_path}")


def test_an_option_left_out_has_its_default_and_a_needed_one_is_asked_for():
    assert json.loads(run("race", "--here"))["n"] == 3
    assert json.loads(run("race", "--here", "--laps=5"))["n"] == 5
    with pytest.raises(CommandError, match="tasting needs --file"):
        run("tasting", "--here")


def test_an_option_of_another_bench_is_refused(tmp_path):
    with pytest.raises(CommandError, match="race does not take --file"):
        run("race", "--here", f"--file={tmp_path}")


def test_all_leaves_out_what_needs_an_option_and_hands_the_others_theirs(monkeypatch, tmp_path):
    from runtime.management.commands import bench as command

    started = []
    monkeypatch.setattr(command, "run_apart", lambda name, manage, arguments: started.append((name, arguments)) or 0)
    run("--all", "--laps=2")
    run("tasting", "race", f"--file={tmp_path}", "--json")
    assert started == [
        ("race", ["--laps=2"]),
        ("tasting", [f"--file={tmp_path}", "--json"]),
        ("race", ["--json"]),
    ]
