import re

import pytest
from django.core.management import call_command
from django.test import override_settings


@pytest.mark.slow
def test_a_module_is_imported_under_the_name_that_changes_with_its_content(tmp_path):
    storage = {"staticfiles": {"BACKEND": "webui.storage.ModuleStaticFilesStorage"}}
    with override_settings(STATIC_ROOT=tmp_path, STORAGES=storage):
        call_command("collectstatic", interactive=False, verbosity=0)
    (page,) = (tmp_path / "webui/js").glob("page.????????????.js")
    names = re.findall(r'(?:from |import\()"(\./[^"]+)"', page.read_text(encoding="utf-8"))
    assert names
    for name in names:
        assert re.search(r"\.[0-9a-f]{12}\.js$", name)
        assert (page.parent / name).exists()
