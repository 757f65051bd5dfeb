"""The chart: rendered by Helm, kept, valid for the API servers it is for, and held to rules of our own."""

import json
import re
from pathlib import Path

import jsonschema
import kubernetes_validate
import pytest
import render
import yaml
from harness.operators import parts

from runtime import queues

SECRET = re.compile(r"KEY$|PASSWORD|TOKEN|_DSN$")


def kept(variant):
    return list(yaml.load_all((render.RENDERED / f"{variant}.yaml").read_text("utf-8"), yaml.CSafeLoader))


@pytest.fixture(scope="module", params=["default", "large"])
def manifests(request):
    return kept(request.param)


def of_kind(manifests, *kinds):
    return [each for each in manifests if each["kind"] in kinds]


def pods(manifests):
    """Name and pod specification of whatever runs."""
    return {
        each["metadata"]["name"]: each["spec"]["template"]["spec"] for each in of_kind(manifests, "Deployment", "Job")
    }


def containers(pod):
    return [*pod.get("initContainers", []), *pod["containers"]]


def test_what_is_kept_was_rendered_from_this_chart():
    for name, values in render.variants().items():
        text = (render.RENDERED / f"{name}.yaml").read_text("utf-8")
        assert f"# of: {render.digest(values)}\n" in text, "the chart has changed: run `make chart`"
        if render.has_helm():
            assert text == render.as_text(values)


@pytest.mark.parametrize(("variant", "version"), [("default", "1.27"), ("large", "1.36")])
def test_every_manifest_is_valid_for_old_and_new_clusters(variant, version):
    for each in kept(variant):
        if each["kind"] != "ServiceMonitor":  # of an operator, whose schema nobody packs
            kubernetes_validate.validate(each, version, strict=True)


def test_values_fit_their_schema_and_a_secret_does_not():
    schema = json.loads((render.CHART / "values.schema.json").read_text("utf-8"))
    values = yaml.safe_load((render.CHART / "values.yaml").read_text("utf-8"))
    checker = jsonschema.Draft7Validator(schema)
    checker.validate(values)
    for wrong in (
        {"settings": {"SECRET_KEY": "x"}},
        {"settings": {"DATABASE_URL": "postgresql://x"}},
        {"broker": {"url": "redis://:password@valkey:6379/0", "cacheUrl": ""}},
        {"parts": values["parts"] | {"beat": values["parts"]["beat"] | {"replicas": 2}}},
        {"parts": values["parts"] | {"web": {"args": ["web"]}}},
        {"nonsense": 1},
    ):
        assert not checker.is_valid(values | wrong), wrong


def test_every_pod_is_held_as_the_restricted_standard_asks(manifests):
    for name, pod in pods(manifests).items():
        assert pod["automountServiceAccountToken"] is False, name
        assert pod["securityContext"]["runAsNonRoot"] and pod["securityContext"]["runAsUser"] == 10001, name
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        for each in containers(pod):
            held = each["securityContext"]
            assert held == {
                "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
            }, name  # fmt: skip
            assert each["resources"]["limits"].keys() == each["resources"]["requests"].keys() == {"cpu", "memory"}
            assert not each["image"].endswith(":latest"), name
        assert not any("hostPath" in volume for volume in pod["volumes"]), name


def test_whoever_runs_for_ever_is_asked_whether_it_lives(manifests):
    for each in of_kind(manifests, "Deployment"):
        for container in each["spec"]["template"]["spec"]["containers"]:
            assert "livenessProbe" in container, each["metadata"]["name"]
            if "ports" in container:
                assert "readinessProbe" in container, each["metadata"]["name"]


def test_no_secret_is_a_value_and_each_setting_exists(manifests, known_settings):
    assert not of_kind(manifests, "Secret")
    for each in of_kind(manifests, "ConfigMap"):
        if each["metadata"]["name"].endswith("settings"):
            assert set(each["data"]) <= known_settings
            assert not [name for name in each["data"] if SECRET.search(name)]
    for name, pod in pods(manifests).items():
        for each in containers(pod):
            for variable in each.get("env", []):
                assert variable["name"] in known_settings, (name, variable["name"])
                assert not SECRET.search(variable["name"]), (name, variable["name"])


def test_the_owners_password_is_with_the_migration_and_the_list_of_logins_alone(manifests):
    for name, pod in pods(manifests).items():
        for volume in pod["volumes"]:
            keys = {item["key"] for item in volume.get("secret", {}).get("items", [])}
            assert "superuser_url" not in keys
            assert ("database_url" in keys) is (name in ("czj-migrate", "czj-pgbouncer") and bool(keys)), name


def test_every_queue_is_taken_from_and_every_part_exists(manifests):
    from django.conf import settings

    taken = set()
    for name, pod in pods(manifests).items():
        for each in containers(pod):
            if each["name"] == "pgbouncer":
                continue
            part = each["args"][0]
            assert part in parts(), name
            given = {variable["name"]: variable.get("value") for variable in each.get("env", [])}
            taken |= set((given.get("QUEUES") or "").split(","))
            taken |= {"intake"} if part == "intake" else set()
            taken |= set(queues.of_recognition(given.get("RECOGNITION_SHARD", ""))) if part == "recognition" else set()
    wanted = {queue.name for queue in settings.CELERY_TASK_QUEUES}
    wanted |= {route["queue"] for route in settings.CELERY_TASK_ROUTES.values() if "recognition" not in route["queue"]}
    (told,) = [each["data"] for each in of_kind(manifests, "ConfigMap") if each["metadata"]["name"] == "czj-settings"]
    # Who sends photos reads the number of shards from here; whoever looks at them is told its own.
    wanted |= set(queues.of_recognition(told.get("RECOGNITION_SHARD", "")))
    assert wanted <= taken


def test_beat_is_one_and_never_two_even_while_it_is_replaced(manifests):
    (beat,) = [each for each in of_kind(manifests, "Deployment") if each["metadata"]["name"] == "czj-beat"]
    assert beat["spec"]["replicas"] == 1 and beat["spec"]["strategy"] == {"type": "Recreate"}
    assert not [
        each for each in of_kind(manifests, "HorizontalPodAutoscaler") if each["metadata"]["name"] == "czj-beat"
    ]


def test_the_migration_is_done_before_anything_else_changes_and_may_be_tried_again(manifests):
    (job,) = of_kind(manifests, "Job")
    hooks = job["metadata"]["annotations"]
    assert hooks["helm.sh/hook"] == "pre-install,pre-upgrade" and job["spec"]["backoffLimit"] >= 3
    (settings_map,) = [each for each in of_kind(manifests, "ConfigMap") if each["metadata"]["name"] == "czj-settings"]
    assert int(settings_map["metadata"]["annotations"]["helm.sh/hook-weight"]) < int(hooks["helm.sh/hook-weight"])


def test_selectors_find_exactly_their_own_pods(manifests):
    labels = {
        each["metadata"]["name"]: each["spec"]["template"]["metadata"]["labels"]
        for each in of_kind(manifests, "Deployment")
    }

    def found(wanted):
        return {name for name, held in labels.items() if wanted.items() <= held.items()}

    for each in of_kind(manifests, "Deployment"):
        assert found(each["spec"]["selector"]["matchLabels"]) == {each["metadata"]["name"]}
    for each in of_kind(manifests, "Service"):
        assert found(each["spec"]["selector"]) == {each["metadata"]["name"]}
    for each in of_kind(manifests, "PodDisruptionBudget"):
        assert found(each["spec"]["selector"]["matchLabels"]), each["metadata"]["name"]
    for each in of_kind(manifests, "HorizontalPodAutoscaler"):
        assert each["spec"]["scaleTargetRef"]["name"] in labels


def test_nothing_reaches_the_database_but_pgbouncer_and_the_migration(manifests):
    policies = {each["metadata"]["name"]: each["spec"] for each in of_kind(manifests, "NetworkPolicy")}
    nothing = policies["czj-nothing"]
    assert set(nothing["policyTypes"]) == {"Ingress", "Egress"} and "egress" not in nothing and "ingress" not in nothing
    direct = policies["czj-database"]["podSelector"]["matchLabels"]["chazhenjia/database"]
    allowed = {
        each["metadata"]["name"]
        for each in of_kind(manifests, "Deployment", "Job")
        if each["spec"]["template"]["metadata"]["labels"].get("chazhenjia/database") == direct
    }
    assert allowed == {"czj-pgbouncer", "czj-migrate"}
    outbound = policies["czj-outbound"]["egress"][0]["to"][0]["ipBlock"]
    assert {"10.0.0.0/8", "169.254.0.0/16", "100.64.0.0/10"} <= set(outbound["except"])


def test_every_name_of_the_domain_is_served_and_streams_go_their_own_way(manifests):
    rules = [
        (rule["host"], path["path"], path["backend"]["service"]["name"])
        for each in of_kind(manifests, "Ingress")
        for rule in each["spec"]["rules"]
        for path in rule["http"]["paths"]
    ]
    hosts = {host for host, _, _ in rules}
    assert len(hosts) == 2 and any(host.startswith("*.") for host in hosts)
    assert {(path, name) for _, path, name in rules} == {("/", "czj-web"), ("/events", "czj-events")}


def test_the_default_values_name_no_machine_of_ours():
    text = Path(render.CHART / "values.yaml").read_text("utf-8")
    assert "chazhenjia.example" in text and "localhost" not in text
