"""Reading from the source which packages a package imports, however it does so."""

import ast
from collections.abc import Iterator
from pathlib import Path

BY_NAME = {"import_module", "import_string", "get_model", "get_app_config"}
"""Functions whose first argument names a module or an app."""


def forbidden_imports(package: Path, forbidden: tuple[str, ...]) -> list[str]:
    """`file:line module` of each import of a forbidden package. Tests may set their scene with any app."""
    return [
        f"{file.relative_to(package.parent)}:{line} {module}"
        for file in sorted(package.rglob("*.py"))
        if "tests" not in file.relative_to(package).parts
        for line, module in _imports(ast.parse(file.read_text(encoding="utf-8")))
        if module.partition(".")[0] in forbidden
    ]


def _imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, name.name) for name in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield node.lineno, module
            case ast.Call(
                func=ast.Name(id=called) | ast.Attribute(attr=called),
                args=[ast.Constant(value=str(name)), *_],
            ) if called in BY_NAME:
                yield node.lineno, name
