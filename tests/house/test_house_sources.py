"""House rules that are read from the source: what stands where, and what must stand nowhere."""

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOPS = ("platform/", "federation/", "appraisal/", "billing_free/", "tenants/")
PICTURES = {".png", ".webp", ".jpg", ".ico", ".woff2"}
# In words of two halves, so that this file does not hold what it forbids.
MACHINE = re.compile(r"(?<![\w.])/(?:(?:work|home|root)/[\w.]|Users/[\w.-]+/)")  # /Users/ alone is an address of SCIM
REGISTRY = re.compile(
    "|".join(("pypi" + r"\.org", "pythonhosted" + r"\.org", "registry" + r"\.npmjs", "npm" + "mirror"))
)
LATER = re.compile(r"\b(?:TO" + "DO|FIX" + r"ME)\b")
SILENCED = re.compile(r"#\s*(?:type:\s*igno" + r"re(?!\[)|no" + r"qa(?!:\s*[A-Z]))")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# Pages that cannot know the reader's language say everything in both; the switch names each language by its own name.
IN_BOTH_LANGUAGES = re.compile(
    r"platform/webui/templates/(?:\d{3}\w*|problem|busy|webui/(?:error|offline|unknown_host|not_served|_tools))\.html"
)


@cache
def tracked(suffixes: tuple[str, ...] = ()) -> tuple[Path, ...]:
    """Files of the repository, without pictures."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    files = [ROOT / name for name in listed.split("\0") if name]
    wanted = [file for file in files if file.suffix not in PICTURES and (not suffixes or file.suffix in suffixes)]
    return tuple(file for file in wanted if file.is_file() and not file.is_symlink())


def name_of(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def ours(suffix: str) -> list[Path]:
    return [file for file in tracked((suffix,)) if name_of(file).startswith(TOPS)]


def lines_with(pattern: re.Pattern[str], files: tuple[Path, ...]) -> list[str]:
    return [
        f"{name_of(file)}:{number}"
        for file in files
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_file_knows_a_machine_or_a_registry():
    assert len(tracked()) > 300
    assert not lines_with(MACHINE, tracked())
    assert not lines_with(REGISTRY, tracked())


def test_every_test_that_a_page_for_readers_names_is_there():
    named = {
        (page.name, path, test)
        for page in (ROOT / "docs").rglob("*.md")
        for path, test in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", page.read_text(encoding="utf-8"))
    }
    assert len(named) > 20
    gone = [each for each in sorted(named) if f"def {each[2]}(" not in (ROOT / each[1]).read_text(encoding="utf-8")]
    assert not gone


def test_nothing_is_put_off_in_the_code_and_no_check_is_silenced_whole():
    code = tracked((".py", ".js", ".css", ".html", ".md", ".toml"))
    assert not lines_with(LATER, code)
    assert not lines_with(SILENCED, tracked((".py",)))


def test_imports_run_downward_only():
    ran = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}", "PATH": "", "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_views_read_rows_through_doors_only():
    wrong = []
    for file in ours(".py"):
        if not re.search(r"/(?:views|api|pages)(?:_\w+)?(?:\.py|/\w+\.py)$", name_of(file)):
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager", "_base_manager"}:
                wrong.append(f"{name_of(file)}:{node.lineno}")
    assert not wrong, "write a door in selectors.py"


def test_nobody_swallows_every_exception():
    wrong = []
    for file in ours(".py"):
        text = file.read_text("utf-8")
        if not re.search(r"\bpass\b", text):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ExceptHandler) and all(isinstance(step, ast.Pass) for step in node.body):
                caught = getattr(node.type, "id", "") if node.type else ""
                if node.type is None or caught in {"Exception", "BaseException"}:
                    wrong.append(f"{name_of(file)}:{node.lineno}")
    assert not wrong


PROVED_ELSEWHERE = {"schemathesis"}
"""A tool that compares the API with its own description; its findings are its maker's to prove."""


def test_each_planted_fault_has_its_guard_and_each_guard_its_fault():
    marks = re.compile(r"""guard\(["'](\w+)["']\)""")
    tests = [file for file in tracked((".py",)) if file.name.startswith("test_")]
    guards = {name for file in tests if file.parent.name != "house" for name in marks.findall(file.read_text("utf-8"))}
    faults: dict[str, str] = {}
    for file in sorted((ROOT / "tests" / "planted").glob("*.py")):
        if file.stem == "run":
            continue
        named = re.search(r'^GUARD = "(\w+)"$', file.read_text("utf-8"), re.M)
        assert named, f"{file.name} names no guard"
        faults[file.stem] = named[1]
    assert set(faults.values()) - guards == set(), "faults of guards that do not exist"
    assert guards - set(faults.values()) <= PROVED_ELSEWHERE, "guards that nothing proves"
    listed = (ROOT / "docs" / "guards.md").read_text("utf-8")
    assert not [name for name in guards if f"`{name}`" not in listed], "not in docs/guards.md"
    told = set(re.findall(r"`([a-z]+(?:_[a-z]+){2,})`", listed))
    assert told - set(faults) == set(), "docs/guards.md names faults that do not exist"


@pytest.mark.parametrize(("goal", "full"), [("guards", True), ("test", False)])
def test_guards_are_of_full_size_where_they_are_said_to_be(goal, full):
    would = subprocess.run(["make", "--dry-run", goal], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "pytest" in would and ("GUARD_SIZE=full" in would) is full


# Templates ------------------------------------------------------------------------------------------------------------

TEMPLATES = [file for file in ours(".html") if "/templates/" in name_of(file)]
COMMENTS = re.compile(r"\{%\s*comment\b.*?endcomment\s*%\}|\{#.*?#\}", re.S)
# What allauth's elements get is told by allauth.
OF_ALLAUTH = re.compile(r"/templates/allauth/elements/")
FIRST_TAGS = re.compile(r"\s*(?:\{%\s*(?:extends|load)\b.*?%\}\s*)*(?:\{%\s*comment\b|\{#)", re.S)


def bare(file: Path) -> str:
    """A template without its comments."""
    return COMMENTS.sub("", file.read_text("utf-8"))


def test_each_template_opens_with_a_comment():
    missing = [name_of(file) for file in TEMPLATES if not FIRST_TAGS.match(file.read_text("utf-8"))]
    assert not [name for name in missing if not OF_ALLAUTH.search(name)]


def test_templates_hold_no_script_and_no_style():
    inline = re.compile(r"<style\b|\sstyle\s*=|<script(?![^>]*\bsrc=)[^>]*>|\son[a-z]+\s*=\s*[\"']|javascript:", re.I)
    assert not [(name_of(file), found[0]) for file in TEMPLATES if (found := inline.search(bare(file)))]


def test_each_form_that_posts_carries_its_token():
    form = re.compile(r"<form\b([^>]*(?:\{[%{].*?[%}]\}[^>]*)*)>(.*?)</form>", re.S | re.I)
    wrong = [
        name_of(file)
        for file in TEMPLATES
        for attributes, body in form.findall(bare(file))
        if re.search(r"""method=["']?post""", attributes, re.I) and "{% csrf_token %}" not in body
    ]
    # The forms of the style guide are pictures of forms: nothing takes them.
    assert not [name for name in wrong if not OF_ALLAUTH.search(name) and "/styleguide/" not in name]


def test_chinese_in_templates_is_marked_for_translation():
    marked = re.compile(
        r"\{%\s*blocktrans(?:late)?\b.*?endblocktrans(?:late)?\s*%\}|\{%\s*trans(?:late)?\b.*?%\}|_\(\"[^\"]*\"\)", re.S
    )
    wrong = [
        (name_of(file), line.strip()[:60])
        for file in TEMPLATES
        if not IN_BOTH_LANGUAGES.fullmatch(name_of(file)) and "/styleguide/" not in name_of(file)
        for line in marked.sub("", bare(file)).splitlines()
        if CHINESE.search(line)
    ]
    assert not wrong


def test_chinese_in_modules_is_marked_for_translation():
    said = re.compile(r"/\*.*?\*/|(?:^|\s)//[^\n]*|\b_\(\"[^\"]*\"", re.S)
    wrong = [name_of(file) for file in ours(".js") if CHINESE.search(said.sub("", file.read_text("utf-8")))]
    assert not wrong


# Documents ------------------------------------------------------------------------------------------------------------


def test_links_between_documents_lead_somewhere():
    link = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")
    broken = [
        f"{name_of(file)} -> {target}"
        for file in tracked((".md",))
        for target in link.findall(file.read_text("utf-8"))
        if not (file.parent / target).exists()
    ]
    assert not broken


def test_every_setting_of_the_environment_is_told_to_operators():
    from config.env import Env

    told = (ROOT / "docs" / "operators" / "install.md").read_text("utf-8")
    missing = [name.upper() for name in Env.model_fields if f"| `{name.upper()}` |" not in told]
    assert not missing, "add them to the table in docs/operators/install.md"
    named = set(re.findall(r"^\| `([A-Z0-9_]+)` \|", told, re.M))
    assert named == {name.upper() for name in Env.model_fields}, "settings that do not exist"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_users_read_in_both_languages(language):
    pages = sorted((ROOT / "docs" / "users").glob("*.md"))
    assert {page.stem for page in pages} >= {"README", "officer", "appraiser", "office", "bureau-admin", "leader"}
    for page in pages:
        text = page.read_text("utf-8")
        assert CHINESE.search(text) if language == "zh" else "\n## English\n" in text, page.name


def test_tests_named_in_the_threat_model_exist():
    named = re.findall(r"`(?:test_)?([a-z]+(?:_[a-z0-9]+){3,})`", (ROOT / "THREAT_MODEL.md").read_text("utf-8"))
    tests = "\n".join(file.read_text("utf-8") for file in tracked((".py",)) if name_of(file).startswith("tests/"))
    assert named
    assert not [name for name in named if f"def test_{name}(" not in tests]


def test_people_are_chosen_by_role_or_unit_among_people_alone():
    """Programs of other systems hold posts, too: `User.people` and `Post.held` leave them out, `objects` does not.

    Who did what is asked of programs, too (`oversight`).
    """
    wrong = []
    for file in ours(".py"):
        if {"migrations", "benches", "oversight"} & set(file.parts) or re.search("sample|bench", file.name):
            continue
        for call in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
                continue
            asked = {word.arg or "" for word in call.keywords}
            if ast.unparse(call.func) == "User.objects.filter" and any(
                word.startswith(("posts", "unit")) for word in asked
            ):
                wrong.append(f"{name_of(file)}:{call.lineno}")
            if ast.unparse(call.func) == "Post.objects.filter" and "user__is_active" in asked:
                wrong.append(f"{name_of(file)}:{call.lineno}")
    assert not wrong
