"""Chinese is the source, English is complete: what the sources ask for and what the catalogues say agree."""

from collections import defaultdict
from pathlib import Path

import pytest

from runtime import messages

CATALOGUES = [(app, domain) for app in messages.apps() for domain in messages.DOMAINS]
NAMES = [f"{app.name}-{domain}" for app, domain in CATALOGUES]


def strings_of(message: messages.Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


@pytest.mark.parametrize(("app", "domain"), CATALOGUES, ids=NAMES)
def test_every_text_has_its_english_and_no_entry_is_left_over(app: Path, domain: str) -> None:
    asked = messages.asked(app, domain)
    said = messages.said(messages.catalogue_file(app, domain))
    missing = [f"{key[1]} ({asked[key].places[0]})" for key in asked if key not in said]
    assert not missing, "run `make messages-update`, then write the English"
    assert not [key[1] for key in said if key not in asked], "no source asks for these: run `make messages-update`"
    assert not [key[1] for key, message in said.items() if not messages.complete(message)], "without English"
    assert not [key[1] for key, message in said.items() if "fuzzy" in message.flags], "fuzzy"
    plural = [key[1] for key in asked if bool(asked[key].plural) != messages.is_plural(said[key])]
    assert not plural, "one form in the source and two in the catalogue, or the other way round"


@pytest.mark.parametrize(("app", "domain"), CATALOGUES, ids=NAMES)
def test_english_fills_the_same_places(app: Path, domain: str) -> None:
    said = messages.said(messages.catalogue_file(app, domain))
    wrong = [
        (key[1], english)
        for key, message in said.items()
        for english in strings_of(message)
        if messages.places_in(key[1]) != messages.places_in(english)
    ]
    assert not wrong


def test_one_text_has_one_english() -> None:
    """Django merges the catalogues of all apps, so the second English would never be shown.

    Where one Chinese word needs two, mark it with `pgettext`.
    """
    found: dict[tuple[str, messages.Key], dict[tuple[str, ...], str]] = defaultdict(dict)
    for app, domain in CATALOGUES:
        for key, message in messages.said(messages.catalogue_file(app, domain)).items():
            found[domain, key][tuple(strings_of(message))] = app.name
    assert not {key: words for (_domain, key), words in found.items() if len(words) > 1}


def test_what_is_collected_covers_templates_python_and_modules(tmp_path: Path) -> None:
    """The collector itself: without it, a text that it overlooks would never be missed."""
    app = tmp_path / "platform" / "shop"
    (app / "templates").mkdir(parents=True)
    (app / "static").mkdir()
    (app / "__init__.py").write_text(
        '_("甲")\n_(data["label"])\npgettext_lazy("letter", "乙")\nngettext("%(n)d 天", "%(n)d 天", 2)\n'
    )
    (app / "templates" / "a.html").write_text(
        '{% load i18n %}  {% if x %}\n {% translate "丙" %}{{ _("丁") }}\n{% endif %}'
        "{% blocktranslate trimmed with a=b %}\n  有 {{ a }} 个\n{% endblocktranslate %}"
    )
    (app / "static" / "a.js").write_text('import { gettext as _ } from "x";\nconst s = `${_("戊")}…`;\n')
    assert set(messages.asked(app, "django")) == {
        (None, "甲"),
        ("letter", "乙"),
        (None, "%(n)d 天"),
        (None, "丙"),
        (None, "丁"),
        (None, "有 %(a)s 个"),
    }
    assert set(messages.asked(app, "djangojs")) == {(None, "戊")}
    assert set(messages.update(tmp_path).values()) == {6, 1}
    file = messages.catalogue_file(app, "django")
    file.write_text(file.read_text().replace('msgid "甲"\nmsgstr ""', 'msgid "甲"\nmsgstr "first"'))
    (app / "__init__.py").write_text('_("甲")\n')
    assert messages.update(tmp_path)[file] == 3
    assert messages.said(file)[(None, "甲")].string == "first"
    assert ("letter", "乙") not in messages.said(file)
