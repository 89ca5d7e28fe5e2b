"""The rules of who may import whom, read from the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAY_IMPORT = {
    "ontology": {"ontology"},
    "extract": {"ontology", "extract"},
    "shapes": {"ontology", "shapes"},
    "flows": {"ontology", "extract", "shapes", "flows"},
}
# `extract` turns bytes into facts and nothing else.
NOT_IN_EXTRACT = {
    *("os", "shutil", "tempfile", "glob", "subprocess", "socket", "ssl", "http", "urllib.request"),
    *("requests", "httpx", "prefect", "rich", "typer"),
}
PREFECT_STANDS_IN = ("flows.orchestration.", "flows.settings")


def modules() -> dict[str, Path]:
    found = {}
    for folder in MAY_IMPORT:
        for file in sorted((ROOT / folder).rglob("*.py")):
            parts = file.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


MODULES = modules()


def imports(module: str, *, at_start: bool = False) -> Iterator[str]:
    """Modules that a module imports, ours by the module itself; at the start alone: not those inside functions."""
    tree = ast.parse(MODULES[module].read_text("utf-8"))
    nodes = _at_start(tree) if at_start else ast.walk(tree)
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            assert node.level == 0, f"{module}: write imports in full"
            for name in node.names:
                inner = f"{node.module}.{name.name}"
                yield inner if inner in MODULES else node.module


def _at_start(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield child
            yield from _at_start(child)


@pytest.mark.parametrize("module", MODULES)
def test_folders_import_one_way(module: str) -> None:
    folder = module.partition(".")[0]
    for name in imports(module):
        other = name.partition(".")[0]
        assert other not in MAY_IMPORT or other in MAY_IMPORT[folder], f"{module} may not import {name}"


def test_no_module_imports_itself_by_a_detour() -> None:
    graph = {module: [name for name in imports(module) if name in MODULES and name != module] for module in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"these modules import each other: {' -> '.join(error.args[1])}")


def test_no_package_of_flows_imports_itself_by_a_detour() -> None:
    packages = {module: ".".join(module.split(".")[:2]) for module in MODULES if module.startswith("flows.")}
    graph: dict[str, set[str]] = {package: set() for package in packages.values()}
    for module, package in packages.items():
        graph[package] |= {packages[name] for name in imports(module) if name in packages} - {package}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"these packages import each other: {' -> '.join(error.args[1])}")


@pytest.mark.parametrize("module", [module for module in MODULES if module.startswith("extract")])
def test_extract_knows_no_disk_no_network_and_no_prefect(module: str) -> None:
    for name in imports(module):
        assert name not in NOT_IN_EXTRACT, f"{module} may not import {name}"
        assert name.partition(".")[0] not in NOT_IN_EXTRACT, f"{module} may not import {name}"


@pytest.mark.parametrize("module", [module for module in MODULES if not module.startswith(PREFECT_STANDS_IN)])
def test_only_the_wrappers_know_prefect(module: str) -> None:
    assert not any(name.partition(".")[0] == "prefect" for name in imports(module)), f"{module} imports Prefect"


def test_the_command_line_is_quick_to_start() -> None:
    slow = {"prefect", "pyshacl", "rdflib", "bs4", "lxml", "rich"}
    reached: set[str] = set()
    todo = ["flows.cli", "flows.commands.asking"]
    while todo:
        module = todo.pop()
        if module not in reached:
            reached.add(module)
            todo.extend(imports(module, at_start=True) if module in MODULES else ())
    found = {name.partition(".")[0] for name in reached} & slow
    assert not found, f"ablation-kg --help would import {', '.join(sorted(found))}; import it in the function instead"
