"""What people can do on pages and what programs can do: every service that takes an acting person, and who calls it."""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from django.apps import apps
from django.conf import settings
from django.urls import get_resolver
from harness.routes import walk

ACTING = {"by", "acting", "desk"}
NO_SERVICES = (".views", "_views", ".api", "selectors")


def called_by_pages() -> set[str]:
    """Services that the modules of pages name, as `package.module.function`."""
    return _named(each for each in _modules() if is_page(each))


def called_by_programs() -> set[str]:
    """Services that the modules under `/api/v1/` name."""
    return _named(each for each in _modules() if _is_api(each))


def views_that_post(kind: str) -> set[str]:
    """Modules of the views of one kind of host that take a POST outside `/api/` and outside signing in."""
    found = set()
    for text, callback in walk(get_resolver(settings.URLCONFS[kind]), ""):
        if not text.startswith(("api/", "accounts/")) and _takes_post(callback):
            found.add(inspect.unwrap(callback).__module__)
    return found


def _takes_post(callback: Any) -> bool:
    """As far as it says so: `require_POST` and its like, or else the word in its source."""
    wrapped = callback
    while wrapped is not None:
        known = inspect.getclosurevars(wrapped).nonlocals if isinstance(wrapped, FunctionType) else {}
        if "request_method_list" in known:
            return "POST" in known["request_method_list"]
        wrapped = getattr(wrapped, "__wrapped__", None)
    plain = inspect.unwrap(callback)
    return isinstance(plain, FunctionType) and "POST" in inspect.getsource(plain)


def _is_api(name: str) -> bool:
    last = [part for part in name.split(".") if part == "api" or part.endswith("_api")]
    return bool(last)


def is_page(name: str) -> bool:
    """Whether a module of this name holds views of pages."""
    page = any(part == "views" or part.startswith("views_") or part.endswith("_views") for part in name.split("."))
    return page and not _is_api(name)


def _modules() -> Iterator[str]:
    for app in apps.get_app_configs():
        if not Path(app.path).is_relative_to(settings.BASE_DIR) or "site-packages" in Path(app.path).parts:
            continue  # others' packages, even when they are installed below ours
        yield app.name
        for found in pkgutil.walk_packages([app.path], f"{app.name}."):
            if ".migrations" not in found.name:
                yield found.name


def _named(names: Iterator[str]) -> set[str]:
    found: set[str] = set()
    for name in names:
        module = importlib.import_module(name)
        for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))):
            each = _object(module, node)
            if isinstance(each, FunctionType) and _acts(each):
                found.add(f"{each.__module__}.{each.__qualname__}")
    return found


def _object(module: ModuleType, node: ast.AST) -> object:
    if isinstance(node, ast.Name):
        return getattr(module, node.id, None)
    if isinstance(node, ast.Attribute):
        holder = _object(module, node.value)
        return getattr(holder, node.attr, None) if isinstance(holder, ModuleType) else None
    return None


def _acts(fn: FunctionType) -> bool:
    """A service: some of its keyword-only parameters is the person who acts."""
    plain = inspect.unwrap(fn)
    if not isinstance(plain, FunctionType) or any(word in plain.__module__ for word in NO_SERVICES):
        return False
    parameters = inspect.signature(plain).parameters.values()
    return any(each.name in ACTING and each.kind is each.KEYWORD_ONLY for each in parameters)
