"""One host: every name in compose.yaml leads somewhere, and no door is open that need not be."""

import re
from pathlib import Path

import pytest
import yaml
from harness.operators import parts

HERE = Path(__file__).resolve().parents[2] / "infra" / "compose"


class Loader(yaml.SafeLoader):
    """Names said twice are a mistake, not the last one's."""


def _mapping(loader, node, deep=False):
    names = [key.value for key, _ in node.value if key.value != "<<"]
    assert len(names) == len(set(names)), f"said twice: {names}"
    loader.flatten_mapping(node)
    return yaml.SafeLoader.construct_mapping(loader, node, deep)


Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


@pytest.fixture(scope="module")
def told():
    return yaml.load((HERE / "compose.yaml").read_text("utf-8"), Loader)


def ours(told):
    started = {name: each for name, each in told["services"].items() if each["image"].startswith("${IMAGE")}
    return {name: each for name, each in started.items() if name != "store-volume"}  # a chown, and no part of ours


def test_what_is_named_is_declared(told):
    for name, service in told["services"].items():
        assert set(service.get("networks", [])) <= set(told["networks"]), name
        assert set(service.get("secrets", [])) <= set(told["secrets"]), name
        assert set(service.get("depends_on", {})) <= set(told["services"]), name
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            assert (HERE / source).exists() if source.startswith(".") else source in told["volumes"], volume
    kept = (HERE / "make-secrets").read_text("utf-8")
    assert all(re.search(rf"\b{name}\b", kept) for name in told["secrets"])
    assert all(secret["file"] == f"./secrets/{name}" for name, secret in told["secrets"].items())


def test_every_container_is_held_tight(told):
    for name, service in told["services"].items():
        assert service["read_only"] is True and service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory", "pids"}, name
        assert "pids_limit" not in service, "beside limits of a deployment, Compose refuses it"
        assert "privileged" not in service and service.get("network_mode") in (None, "none"), name
        ends = service["restart"].startswith("on-failure")
        assert ends or service["restart"] == "unless-stopped", name
        if name != "store-volume":
            assert service["healthcheck"].get("disable", False) is ends, f"{name}: health is asked of what serves"
        assert service.get("cap_add", []) == (["CHOWN"] if name == "store-volume" else []), name
        assert name in ("proxy", "store-volume") or not str(service["user"]).startswith("0"), name


def test_only_the_proxy_is_open_to_the_world_and_it_does_not_reach_the_data(told):
    services = told["services"]
    assert [name for name, each in services.items() if "ports" in each] == ["proxy"]
    assert set(services["proxy"]["networks"]) == {"outside", "front"}
    assert {name for name, each in services.items() if "front" in each.get("networks", [])} == {
        "proxy",
        "web",
        "events",
    }
    assert services["postgres"]["networks"] == ["data"]
    on_data = {name for name, each in services.items() if "data" in each.get("networks", [])}
    assert on_data == {"postgres", "pgbouncer", "make-database", "migrate", "pooler-logins"}
    assert all(told["networks"][name]["internal"] for name in ("front", "back", "data"))


def test_the_owners_and_the_superusers_passwords_are_with_steps_alone(told):
    holders = {
        secret: {name for name, each in told["services"].items() if secret in each.get("secrets", [])}
        for secret in ("database_url", "superuser_url")
    }
    assert holders["superuser_url"] == {"make-database"}
    assert holders["database_url"] == {"make-database", "migrate", "pooler-logins"}
    for name, service in told["services"].items():
        for variable, value in service.get("environment", {}).items():
            if re.search("KEY$|PASSWORD|TOKEN", variable) and not variable.endswith("_FILE"):
                raise AssertionError(f"{name}: {variable} is no file")
            assert not re.search(r"://[^/@{]+:[^/@]+@", str(value)), f"{name}: a password in {variable}"


def test_what_a_service_has_as_a_secret_its_environment_does_not_say_otherwise(told):
    for name, service in ours(told).items():
        said = {variable.lower() for variable in service["environment"]} & set(service["secrets"])
        assert not said, f"{name}: the environment goes first, so the file would never be read"
        assert "database_url" in said | set(service["secrets"]) or "DATABASE_URL" in service["environment"], name


def test_parts_and_settings_of_the_environment_exist(told, known_settings):
    for name, service in ours(told).items():
        assert service["command"][0] in parts(), name
        assert set(service.get("environment", {})) <= known_settings, name
    assert {service["command"][0] for service in ours(told).values()} >= {
        "web", "events", "worker", "intake", "recognition", "beat", "migrate", "make-database", "pooler-logins",
    }  # fmt: skip
    assert told["services"]["beat"]["deploy"]["replicas"] == 1
    assert (
        told["services"]["store"]["environment"]["MINIO_ROOT_USER"]
        == ours(told)["web"]["environment"]["S3_ACCESS_KEY_ID"]
    )


def test_settings_that_the_file_does_not_name_can_be_given_to_every_part_and_stay_out_of_the_repository(told):
    ignored = (HERE / ".gitignore").read_text("utf-8").split()
    for name, service in ours(told).items():
        assert service["env_file"] == [{"path": "settings.env", "required": False}], name
    assert {"secrets/", ".env", "settings.env"} <= set(ignored)


def test_no_start_leaves_a_volume_without_a_name(told):
    (volume,) = re.findall(r"^VOLUME (\S+)$", (HERE.parent / "images" / "Containerfile").read_text("utf-8"), re.M)
    for name, service in ours(told).items():
        mounted = [each.partition(":")[2] for each in service.get("volumes", [])]
        assert volume in mounted or any(each.startswith(f"{volume}:") for each in service["tmpfs"]), name


def test_names_and_ports_agree_between_compose_the_proxy_and_pgbouncer(told):
    nginx = (HERE / "nginx" / "nginx.conf").read_text("utf-8")
    assert {"web:8000", "events:8001"} == set(re.findall(r"server ([a-z]+:\d+) resolve", nginx))
    assert {"8080", "8443"} <= set(re.findall(r"listen (?:[\d.]+:)?(\d+)", nginx))
    pooler = (HERE / "pgbouncer" / "pgbouncer.ini").read_text("utf-8")
    assert "pool_mode = transaction" in pooler and "chazhenjia = host=postgres port=5432" in pooler
    environment = ours(told)["web"]["environment"]
    assert environment["DATABASE_POOLER"] == "pgbouncer:" + re.search(r"listen_port = (\d+)", pooler)[1]
    from provinces.management.commands.logins import POOLER_ADMIN
    from provinces.seats import login_name

    assert f"admin_users = {login_name(POOLER_ADMIN)}" in pooler


def test_the_proxy_takes_no_header_from_a_browser_for_its_own_and_keeps_streams_flowing(told):
    nginx = (HERE / "nginx" / "nginx.conf").read_text("utf-8")
    for header, value in {
        "Host": "$http_host", "X-Forwarded-Proto": "https", "X-Forwarded-For": "$remote_addr",
        "X-Forwarded-Host": '""', "X-Request-ID": "$request_id",
    }.items():  # fmt: skip
        assert f"proxy_set_header {header} {value};" in nginx
    events = nginx.partition("location = /events {")[2].partition("}")[0]
    assert "proxy_buffering off;" in events
    uploads = nginx.partition("location /uploads/ {")[2].partition("}")[0]
    assert "proxy_request_buffering off;" in uploads
    from django.conf import settings

    assert int(re.search(r"client_max_body_size (\d+)m;", nginx)[1]) * 1024 * 1024 > settings.MAX_UPLOAD_BYTES
    assert "$args" not in nginx and '$request_uri"' not in nginx.partition("log_format")[2].partition(";")[0]
