"""Terraform: its names agree, it is planned where a provider lies, and no secret can come into its state."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import hcl2
import pytest

HERE = Path(__file__).resolve().parents[2] / "terraform"
FOLDERS = sorted({file.parent for file in HERE.rglob("*.tf")})
MODULES = {folder.name: folder for folder in FOLDERS if folder.parent.name == "modules"}
ENVIRONMENTS = [folder for folder in FOLDERS if folder.parent.name == "environments"]
NAMES = [str(folder.relative_to(HERE)) for folder in FOLDERS]
META = {"source", "providers", "version", "count", "for_each", "depends_on"}


def bare(word) -> str:
    return str(word).strip('"')


def read(folder):
    """Blocks of one folder: kind to a list of (labels, body)."""
    found = {}
    for file in sorted(folder.glob("*.tf")):
        with file.open() as stream:
            for kind, blocks in hcl2.load(stream).items():
                if not kind.startswith("__"):
                    found.setdefault(kind, []).extend(blocks if isinstance(blocks, list) else [blocks])
    return found


def labelled(blocks):
    return {bare(name): body for block in blocks for name, body in block.items() if not name.startswith("__")}


def text(folder) -> str:
    return "\n".join(
        re.sub(r"^\s*#.*$", "", file.read_text("utf-8"), flags=re.M) for file in sorted(folder.glob("*.tf"))
    )


@pytest.fixture(scope="module")
def parsed():
    return {folder: read(folder) for folder in FOLDERS}


def test_the_rooms_are_there():
    assert set(MODULES) == {"region", "network", "database", "cache", "object_store", "compute", "monitoring"}
    assert {folder.name for folder in ENVIRONMENTS} == {"one_region", "two_regions"}
    assert all((folder / name).exists() for folder in FOLDERS for name in ("main.tf", "variables.tf", "outputs.tf"))


def test_files_are_formatted_where_terraform_is_here():
    if program := shutil.which("terraform"):
        said = subprocess.run([program, "fmt", "-check", "-recursive", HERE], capture_output=True, text=True)
        assert said.returncode == 0, said.stdout


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("terraform"), reason="no terraform")
@pytest.mark.skipif(not os.environ.get("TERRAFORM_PROVIDERS"), reason="TERRAFORM_PROVIDERS names no folder")
@pytest.mark.parametrize("name", NAMES)
def test_the_providers_accept_it_and_its_own_tests_pass(name, tmp_path):
    shutil.copytree(HERE, tmp_path / "terraform", ignore=shutil.ignore_patterns(".terraform*"))
    folder = tmp_path / "terraform" / name
    values = ["-var-file=terraform.tfvars.example"] if (folder / "terraform.tfvars.example").exists() else []
    for words in (
        ["init", "-backend=false", f"-plugin-dir={os.environ['TERRAFORM_PROVIDERS']}"],
        ["validate"],
        ["test", *values],
    ):
        said = subprocess.run(["terraform", f"-chdir={folder}", *words, "-no-color"], capture_output=True, text=True)
        assert said.returncode == 0, said.stdout + said.stderr


@pytest.mark.parametrize("folder", FOLDERS, ids=NAMES)
def test_every_variable_is_described_typed_and_used_and_every_one_used_is_declared(folder, parsed):
    declared = labelled(parsed[folder].get("variable", []))
    used = set(re.findall(r"\bvar\.([a-z_0-9]+)", text(folder)))
    assert used == set(declared)
    assert not [name for name, body in declared.items() if not body.get("description") or not body.get("type")]
    assert not [
        name for name, body in labelled(parsed[folder].get("output", [])).items() if not body.get("description")
    ]


@pytest.mark.parametrize("folder", FOLDERS, ids=NAMES)
def test_what_is_named_in_a_folder_exists_in_it(folder, parsed):
    body = re.sub(r'"(?:[^"\\$]|\\.|\$(?!\{))*"', '""', text(folder))
    for group, prefix in (("resource", r"(?<![\w.])"), ("data", r"\bdata\.")):
        there = {
            (bare(kind), bare(name))
            for block in parsed[folder].get(group, [])
            for kind, named in block.items()
            if not kind.startswith("__")
            for name in named
        }
        named = set(re.findall(rf"{prefix}(aws_[a-z0-9_]+)\.([a-z_0-9]+)", body))
        if group == "resource":
            named -= set(re.findall(r"\bdata\.(aws_[a-z0-9_]+)\.([a-z_0-9]+)", body))
        assert named <= there
    locals_there = {bare(name) for block in parsed[folder].get("locals", []) for name in block}
    assert set(re.findall(r"\blocal\.([a-z_0-9]+)", body)) <= locals_there


@pytest.mark.parametrize("folder", FOLDERS, ids=NAMES)
def test_modules_get_what_they_ask_for_and_are_asked_for_what_they_tell(folder, parsed):
    calls = labelled(parsed[folder].get("module", []))
    outputs = {}
    for name, body in calls.items():
        module = (folder / bare(body["source"])).resolve()
        assert module in parsed, f"{name}: {module}"
        wants = labelled(parsed[module]["variable"])
        given = {each for each in body if not each.startswith("__")} - META
        assert given <= set(wants), f"{name}: {given - set(wants)}"
        assert {each for each, told in wants.items() if "default" not in told} <= given, name
        outputs[name] = set(labelled(parsed[module].get("output", [])))
    for name, output in re.findall(r"\bmodule\.([a-z_]+)\.([a-z_]+)", text(folder)):
        assert output in outputs[name], f"module.{name}.{output}"


@pytest.mark.parametrize("folder", MODULES.values(), ids=list(MODULES))
def test_what_a_module_tells_is_heard_by_somebody(folder, parsed):
    heard = set()
    for caller in FOLDERS:
        body = text(caller)
        for name, call in labelled(parsed[caller].get("module", [])).items():
            if (caller / bare(call["source"])).resolve() == folder:
                told = set(re.findall(rf"\bmodule\.{name}\.([a-z_]+)", body))
                whole = re.search(rf"\bmodule\.{name}$", body, re.M)
                heard |= set(labelled(parsed[folder].get("output", []))) if whole else told
    assert heard == set(labelled(parsed[folder].get("output", [])))


def test_environments_differ_by_the_second_region_and_by_nothing_else(parsed):
    one, two = (labelled(parsed[HERE / "environments" / name]["variable"]) for name in ("one_region", "two_regions"))
    assert {name for name in two if not name.startswith("second_")} == set(one)
    assert all(two[name] == told for name, told in one.items())


@pytest.mark.parametrize("folder", ENVIRONMENTS, ids=lambda folder: folder.name)
def test_an_example_gives_every_value_that_has_no_default(folder, parsed):
    given = set(re.findall(r"^([a-z_]+)\s*=", (folder / "terraform.tfvars.example").read_text("utf-8"), re.M))
    wants = labelled(parsed[folder]["variable"])
    assert {name for name, told in wants.items() if "default" not in told} <= given <= set(wants)


def test_no_secret_can_come_into_the_state():
    for folder in FOLDERS:
        body = text(folder)
        # Each of these would write a secret's value into the state.
        for word in (
            "random_password",
            "tls_private_key",
            "aws_iam_access_key",
            "aws_secretsmanager_secret_version",
            "aws_ssm_parameter",
        ):
            assert word not in body, folder
        assert not re.search(r"^\s*(password|master_password|auth_token|secret_string|kubeconfig)\s*=", body, re.M), (
            folder
        )
        assert not re.search(r'variable "[a-z_]*(password|token|secret_key|private)[a-z_]*"', body), folder
    assert "manage_master_user_password           = true" in text(MODULES["database"])


@pytest.mark.parametrize("folder", ENVIRONMENTS, ids=lambda folder: folder.name)
def test_the_state_itself_is_encrypted_and_locked(folder):
    backend = text(folder).partition('backend "s3"')[2].partition("}")[0]
    assert re.search(r"encrypt\s+= true", backend) and re.search(r"use_lockfile\s+= true", backend)


def test_objects_have_versions_a_lock_and_a_key_for_each_province_and_are_nobodys_business():
    body = text(MODULES["object_store"])
    for wanted in (
        r"object_lock_enabled = true", r'status = "Enabled"', r"for_each\s+= local\.owners",
        r"enable_key_rotation\s+= true",
        r"block_public_policy\s+= true", r'"aws:SecureTransport"', r"prevent_destroy = true",
    ):  # fmt: skip
        assert re.search(wanted, body), wanted
    program = body.partition('"aws_iam_policy_document" "program"')[2]
    assert not re.search(r'"s3:(\*|DeleteObjectVersion|BypassGovernanceRetention|PutBucket\w+)"', program)


def test_data_is_encrypted_kept_twice_and_out_of_reach():
    database, cache, network = (text(MODULES[name]) for name in ("database", "cache", "network"))
    for wanted in ("storage_encrypted", "multi_az", "deletion_protection"):
        assert re.search(rf"{wanted}\s+= true", database), wanted
    assert not re.search(r"publicly_accessible\s+= true", database)
    for wanted in ("at_rest_encryption_enabled", "transit_encryption_enabled", "automatic_failover_enabled"):
        assert re.search(rf"{wanted}\s+= true", cache), wanted
    assert 'value = "noeviction"' in cache
    data = network.partition('"aws_route_table" "data"')[2].partition('resource "')[0]
    assert "route {" not in data
