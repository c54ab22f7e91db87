"""The rules of the style guide that a reader would otherwise have to remember."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]
APPS = ("tenants", "users", "credentials")
PACKAGES = (*APPS, "credentials_portal", "tests", "benchmarks", "deploy")

MAX_MODULE_LINES, MAX_FUNCTION_LINES = 300, 40
# What may be longer, and why.
LONG_MODULES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}


def modules(*packages: str) -> Iterator[Path]:
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def families() -> list[Path]:
    shared = {"core", "management", "migrations"}
    return [
        folder
        for folder in sorted((ROOT / "credentials").iterdir())
        if (folder / "models.py").is_file() and folder.name not in shared
    ]


def last_name(node: ast.expr) -> str:
    """`Model` of `models.Model`, and of `serializers.Model[X]`."""
    node = node.value if isinstance(node, ast.Subscript) else node
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def is_abstract(definition: ast.ClassDef) -> bool:
    assigned = (
        line
        for meta in definition.body
        if isinstance(meta, ast.ClassDef) and meta.name == "Meta"
        for line in meta.body
        if isinstance(line, ast.Assign)
    )
    return any(ast.unparse(line) == "abstract = True" for line in assigned)


@cache
def models_on_disk() -> set[tuple[str, str]]:
    """App and name of each model class that is written anywhere in an app, found by its bases."""
    classes = {
        (path.relative_to(ROOT).parts[0], node.name): node
        for path in modules(*APPS)
        for node in tree_of(path).body
        if isinstance(node, ast.ClassDef)
    }
    kinds = {"Model", "AbstractUser"}
    while True:
        found = {
            name: node
            for name, node in classes.items()
            if kinds & {last_name(base) for base in node.bases}
        }
        if {name for _, name in found} <= kinds:
            return {name for name, node in found.items() if not is_abstract(node)}
        kinds |= {name for _, name in found}


def test_every_model_on_disk_is_one_that_django_knows() -> None:
    registered = {
        (model._meta.app_label, model.__name__)
        for model in apps.get_models()
        if model._meta.app_label in APPS
    }

    assert models_on_disk() == registered
    assert ("credentials", "MicroCredential") in registered


def test_every_model_is_reached_from_the_models_module_of_its_app() -> None:
    """Django imports nothing deeper: a model left out there has no table and no migration."""
    for app, name in models_on_disk():
        assert hasattr(import_module(f"{app}.models"), name), f"{app}.models lacks {name}"


@pytest.mark.parametrize("shim", ["credentials/models.py", "credentials/admin.py"])
def test_shims_only_import(shim: str) -> None:
    for node in tree_of(ROOT / shim).body:
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        is_exports = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
        is_import = isinstance(node, ast.Import | ast.ImportFrom)
        assert is_import or is_docstring or is_exports, f"{shim}:{node.lineno}"


def test_views_and_serializers_of_families_query_nothing_by_themselves() -> None:
    """The one `queryset` line is narrowed by the base view; any other could forget the tenant."""
    assert [family.name for family in families()][:2] == [
        "certifications",
        "diplomas",
    ]
    manager = re.compile(r"\.(objects|_default_manager|_base_manager)\b|\bconnection\b")
    declared = re.compile(r"    queryset(: .+)? = \w+\.objects\b.*")
    for family in families():
        for path in (*family.glob("*views.py"), *family.glob("*serializers.py")):
            lines = enumerate(path.read_text().splitlines(), 1)
            found = [
                f"{name_of(path)}:{number}"
                for number, line in lines
                if manager.search(line) and not declared.fullmatch(line)
            ]
            assert found == []


def test_no_module_is_too_long() -> None:
    long = {
        name_of(path)
        for path in modules(*PACKAGES)
        if len(path.read_text().splitlines()) > MAX_MODULE_LINES
    }

    assert long == set(LONG_MODULES)


def test_no_function_is_too_long() -> None:
    long = {
        f"{name_of(path)}:{node.name}"
        for path in modules(*PACKAGES)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > MAX_FUNCTION_LINES
    }

    assert long == set(LONG_FUNCTIONS)


def test_no_module_is_named_for_nothing() -> None:
    nameless = {"utils.py", "util.py", "helpers.py", "helper.py", "common.py", "misc.py"}

    assert [name_of(path) for path in modules(*PACKAGES) if path.name in nameless] == []


def test_every_to_do_names_an_issue() -> None:
    to_do = re.compile(r"\b([T]ODO|[F]IXME|[X]XX)\b(?!.*#\d)")
    found = [
        f"{name_of(path)}:{number}"
        for path in modules(*PACKAGES)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if to_do.search(line)
    ]

    assert found == []
