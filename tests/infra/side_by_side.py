"""Old code beside a migrated database: `make side-by-side [OLD=commit] [ARGS=tests...]`.

A rolling upgrade migrates first, and for minutes the old code serves people on new tables. Here the tests of an older
commit, with that commit's code, run on a database that was migrated by the code of this checkout. By default OLD is the
commit before the newest migration, and the tests are those of the main job.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TESTS = ["tests/appraisal", "tests/requests", "tests/desk"]


def git(*words: str) -> str:
    return subprocess.run(["git", "-C", str(ROOT), *words], check=True, capture_output=True, text=True).stdout.strip()


def before_the_newest_migration() -> str:
    found = git("log", "-1", "--format=%H", "--diff-filter=A", "--", "*/migrations/0*.py")
    if not found:
        sys.exit("!! no older code is at hand: this history adds no migration")
    return git("rev-parse", f"{found}^1")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--old", default="", help="commit whose code and tests run")
    parser.add_argument("tests", nargs="*", help=f"default: {' '.join(TESTS)}")
    asked = parser.parse_args()
    old = git("rev-parse", asked.old) if asked.old else before_the_newest_migration()
    new_migrations = git("diff", "--name-only", "--diff-filter=A", old, "HEAD", "--", "*/migrations/0*.py").split()
    print(f"old code: {git('log', '-1', '--format=%h %s', old)}")
    print(f"migrations it does not know: {len(new_migrations)}", *new_migrations, sep="\n  ", flush=True)

    sys.path[:0] = [str(ROOT / "platform"), str(ROOT), str(ROOT / "tests")]
    os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings", "SECRET_KEY": "tests only", "MASTER_KEY": "tests only"}
    os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="czj-side-")
    import django

    django.setup()
    from harness.cluster import Cluster

    cluster = Cluster.start(ROOT / "var" / "test")
    tree = Path(tempfile.mkdtemp(prefix="czj-old-"))
    try:
        git("worktree", "add", "--detach", str(tree / "old"), old)
        if (ROOT / "node_modules").exists():
            (tree / "old" / "node_modules").symlink_to((ROOT / "node_modules").resolve())
        running = json.dumps([cluster.superuser_url, cluster.valkey_url, cluster.template, cluster.place])
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not slow and not browser"]
        tests = [each for each in asked.tests or TESTS if (tree / "old" / each.partition("::")[0]).exists()]
        return subprocess.run(
            [*command, *tests], cwd=tree / "old", env=os.environ | {"CZJ_TEST_CLUSTER": running, "PYTHONPATH": ""}
        ).returncode
    finally:
        cluster.stop()
        subprocess.run(["git", "-C", str(ROOT), "worktree", "remove", "--force", str(tree / "old")], check=False)


if __name__ == "__main__":
    sys.exit(main())
