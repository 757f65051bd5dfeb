"""A client made from the description by openapi-python-client takes in every operation and works (B-02)."""

import importlib
import json
import sys
from pathlib import Path

import pytest
from django.conf import settings
from harness import people
from harness.described import schema_of
from harness.served import served
from openapi_python_client import GeneratorData, Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser.errors import GeneratorError

from gateway.tokens import make_token
from kernel.ids import uuid7
from provinces import context

BINARY = ["application/pdf", "application/zip", "image/jpeg"]
OFFICE = "application/vnd.openxmlformats-officedocument."
BINARY += [f"{OFFICE}spreadsheetml.sheet", f"{OFFICE}wordprocessingml.document"]
CALLED = ("me", "products", "sites", "items", "requests", "events")


def generated(schema, folder, *, write=True):
    """What the generator made of a description. Returns what it said on the way."""
    said = ConfigFile(
        post_hooks=[],
        project_name_override="czj-client",
        package_name_override="czj_client",
        content_type_overrides=dict.fromkeys(BINARY, "application/octet-stream"),
    )
    config = Config.from_sources(
        said, MetaType.NONE, document_source=Path("schema.json"), file_encoding="utf-8", overwrite=True,
        output_path=folder / "czj_client",
    )  # fmt: skip
    data = GeneratorData.from_dict(json.loads(json.dumps(schema, default=str)), config=config)
    assert not isinstance(data, GeneratorError), data
    trouble = [*data.errors, *(each for tag in data.endpoint_collections_by_tag.values() for each in tag.parse_errors)]
    if write:
        trouble += Project(openapi=data, config=config).build()
    return [f"{each.header}: {each.detail}" for each in trouble]


@pytest.mark.slow
def test_b02_a_generated_client_opens_a_visit_adds_goods_sends_and_reads(border, tmp_path, monkeypatch):
    whole = schema_of("province")
    paths = {address: said for address, said in whole["paths"].items() if address.split("/")[3] in CALLED}
    assert generated({**whole, "paths": paths}, tmp_path) == []
    monkeypatch.syspath_prepend(tmp_path)
    api, models = importlib.import_module("czj_client.api"), importlib.import_module("czj_client.models")
    people.divisions()
    bureau, house = people.bureau("gx"), people.brand_house()
    with context.province("gx"):
        _row, token = make_token(user=bureau.chen, seat="gx", name="client")
    with served() as port:
        client = importlib.import_module("czj_client").AuthenticatedClient(
            base_url=f"http://127.0.0.1:{port}", token=token, headers={"Host": f"gx.{settings.DOMAIN_NAME}"},
            raise_on_unexpected_status=True,
        )  # fmt: skip

        def call(name, *args, **more):
            [found] = [tag for tag in Path(tmp_path, "czj_client", "api").iterdir() if (tag / f"{name}.py").exists()]
            module = importlib.import_module(f"{api.__name__}.{found.name}.{name}")
            return module.sync(*args, client=client, **more)

        site = call("site_open", body=models.SiteIn(county_code=people.NANNING))
        item = call("item_add", site.id, body=models.ItemIn(product_id=house.product.pk, quantity="2"))
        call("shot_absent", item.id, body=models.AbsentIn(shot_code="front_label", reason="没有"))
        [sent] = call("site_send", site.id)
        read = call("request", sent.id)
        assert (read.state, read.items[0].quantity) == ("sent", "2.000")
        events = call("events", limit=5)
        assert events.cursor and events.events
        many = call("requests_bulk", body=models.RequestsBulkBody(rows=[models.RequestsBulkRow(
            county_code=people.NANNING, items=[models.GoodsIn(brand_name="清溪")], id=uuid7())]))  # fmt: skip
        assert many.done == 1 and many.results[0].result.requests
    for name in [each for each in sys.modules if each.startswith("czj_client")]:
        del sys.modules[name]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["province", "brands", "office", "superior"])
def test_b02_no_operation_of_a_host_is_left_out_of_the_generated_client(tmp_path, kind):
    assert generated(schema_of(kind), tmp_path, write=kind == "office") == []
