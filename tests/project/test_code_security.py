"""What the source may not do: SQL made of text, code out of data, commands, temporary files, the network."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "injectmap"

_RUN = {
    "execute",
    "executemany",
    "executescript",
    "exec_driver_sql",
    "scalar",
    "scalars",
    "run_bare",
    "text",
    "DDL",
}

# Where SQL is not one constant and not an SQLAlchemy expression: looked at one by one, with what makes it harmless.
REVIEWED: dict[str, str] = {
    "storage/backups.py:_back_up": "the names of two pragmas, written out in the same line",
    "storage/copies.py:check_whole": "the names of two pragmas, both written out in that function",
    "storage/database.py:_begin": "BEGIN or BEGIN IMMEDIATE, both given as constants in the same module",
    "storage/engine.py:connect": "pragmas written out in the same loop, and our own number of milliseconds",
    "storage/engine.py:_set_key": "a pragma takes no parameters; the key is 32 bytes written as hexadecimal figures",
    "storage/engines.py:take_time": "our own number of milliseconds",
    "storage/guards.py:_run": "guards declared in storage/triggers.py; names read from a database are quoted",
    "storage/migrations/__init__.py:upgrade": "the number of our own schema version",
    "storage/migrations/steps.py:execute": "steps written out in the migrations; names read from a server are quoted by it",
    "storage/migrations/steps.py:rebuild": "names of tables and columns written out in the migrations",
    "storage/migrations/steps.py:_let_go": "names that the server itself quoted (regclass, quote_ident)",
    "storage/moving.py:move_to_file": "two numbers of our own: application id and schema version",
    "storage/opening.py:_lay_out": "two numbers of our own: application id and schema version",
    "storage/search.py:_numbers": "fixed texts of that module are joined; all that was typed is a parameter",
    "storage/server.py:_run": "one of the two constants of that module",
    "storage/server_engine.py:connect": "our own numbers of milliseconds",
    "storage/statements.py:run_bare": "what Prepared compiled, or a constant of the caller",
    "storage/statements.py:Prepared.__call__": "text that SQLAlchemy compiled",
    "storage/statements.py:Prepared.rows": "text that SQLAlchemy compiled",
    "storage/statements.py:Prepared.many": "text that SQLAlchemy compiled",
}

# Modules that read what comes from outside: an `assert` there would vanish under python -O.
GUARDS = (
    "domain/forms.py", "domain/gs1.py", "domain/hibc.py", "domain/box_code.py", "domain/keys.py", "domain/privacy.py",
    "domain/backup_plan.py", "domain/backups.py", "domain/settings.py", "domain/protocol.py", "system/catalogue.py",
    "system/scanner.py", "atlas/zone_file.py", "storage/packing.py",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Module:
    name: str
    tree: ast.Module


@cache
def modules() -> list[Module]:
    return [
        Module(file.relative_to(SOURCE).as_posix(), ast.parse(file.read_text("utf-8")))
        for file in sorted(SOURCE.rglob("*.py"))
    ]


def functions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, ast.AST]]:
    """Every function with its name inside the module, the module itself last."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = f"{prefix}{node.name}"
            if not isinstance(node, ast.ClassDef):
                yield name, node
            yield from functions(node, f"{name}.")
        else:
            yield from functions(node, prefix)


def own_nodes(function: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function without those of functions inside it."""
    for node in ast.iter_child_nodes(function):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node
            yield from own_nodes(node)


def _name_of(call: ast.Call) -> str:
    match call.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def _formats(node: ast.AST) -> bool:
    """True if an expression makes text out of parts."""
    for one in ast.walk(node):
        if isinstance(one, ast.JoinedStr) and any(
            isinstance(part, ast.FormattedValue) for part in one.values
        ):
            return True
        if (
            isinstance(one, ast.BinOp)
            and isinstance(one.op, ast.Add | ast.Mod)
            and (
                isinstance(one.left, ast.Constant | ast.JoinedStr)
                or isinstance(one.right, ast.Constant | ast.JoinedStr)
            )
            and any(
                isinstance(side, ast.Constant) and isinstance(side.value, str)
                for side in (one.left, one.right)
            )
        ):
            return True
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute):
            if one.func.attr in ("format", "format_map"):
                return True
            if one.func.attr == "join" and isinstance(one.func.value, ast.Constant):
                return True
    return False


def suspect(function: ast.AST, constants: dict[str, ast.expr]) -> bool:
    """True if a function runs SQL that is neither one constant nor an expression of SQLAlchemy."""
    texts: set[str] = set()
    if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        every = [*function.args.args, *function.args.kwonlyargs, *function.args.posonlyargs]
        texts = {
            one.arg for one in every if isinstance(one.annotation, ast.Name) and one.annotation.id == "str"
        }
    nodes = list(own_nodes(function))
    made: dict[str, list[ast.expr]] = {name: [value] for name, value in constants.items()}
    for node in nodes:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    made.setdefault(target.id, []).append(node.value)
        elif isinstance(node, ast.For) and isinstance(node.target, ast.Name):
            made.setdefault(node.target.id, []).append(node.iter)
    for node in nodes:
        if not isinstance(node, ast.Call) or _name_of(node) not in _RUN or not node.args:
            continue
        # run_bare takes the connection first.
        given = node.args[1] if _name_of(node) == "run_bare" and len(node.args) > 1 else node.args[0]
        if _formats(given) or (isinstance(given, ast.Attribute) and given.attr == "sql"):
            return True
        if isinstance(given, ast.Name) and (given.id in texts or any(map(_formats, made.get(given.id, [])))):
            return True
    return False


def sql_made_of_text(module: Module) -> list[str]:
    constants = {
        target.id: node.value
        for node in module.tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    every = [*functions(module.tree), ("<module>", module.tree)]
    return [f"{module.name}:{name}" for name, function in every if suspect(function, constants)]


def test_sql_is_built_by_sqlalchemy_but_for_reviewed_places() -> None:
    # No other package may import SQLAlchemy or a driver (the import contracts).
    found = {
        p for module in modules() if module.name.startswith("storage/") for p in sql_made_of_text(module)
    }
    assert sorted(found - REVIEWED.keys()) == [], "review it, and say here what makes it harmless"
    assert sorted(REVIEWED.keys() - found) == [], "no longer there"
    assert all(len(reason) > 20 for reason in REVIEWED.values())


@pytest.mark.parametrize(
    ("source", "caught"),
    [
        ("def f(c, name):\n    c.execute(f'SELECT * FROM p WHERE n = {name}')", True),
        ("def f(c, name):\n    s = 'SELECT ' + name\n    c.exec_driver_sql(s)", True),
        ("def f(c, name):\n    c.execute(text('SELECT %s' % name))", True),
        ("def f(c, parts):\n    c.exec_driver_sql(' AND '.join(parts))", True),
        ("def f(c, name: str):\n    c.execute(name)", True),
        ("Q = 'SELECT {}'\ndef f(c, n):\n    c.execute(Q.format(n))", True),
        ("def f(c, n):\n    c.exec_driver_sql('DELETE FROM p WHERE n = ?', (n,))", False),
        ("def f(c, n):\n    c.execute(select(p).where(p.c.n == n))", False),
        ("Q = 'SELECT 1'\ndef f(c):\n    c.execute(Q)", False),
    ],
)
def test_the_search_for_sql_made_of_text_finds_it(source: str, caught: bool) -> None:
    assert bool(sql_made_of_text(Module("x.py", ast.parse(source)))) is caught


# Code out of data, commands, temporary files, the network

_NO_MODULES = {
    "pickle", "marshal", "shelve", "dill", "yaml", "imp", "code", "ctypes.util",
    "requests", "httpx", "aiohttp", "urllib3", "urllib.request", "urllib.robotparser", "http", "http.client", "http.server",
    "ftplib", "smtplib", "poplib", "imaplib", "telnetlib", "xmlrpc", "socketserver", "ssl", "asyncio", "webbrowser",
    "PySide6.QtNetwork", "PySide6.QtWebEngineWidgets",
    # XML of others would bring entities that grow without end.
    "xml", "xml.etree", "xml.etree.ElementTree", "lxml",
}  # fmt: skip
_NO_CALLS = {"eval", "exec", "__import__"}
# Each with what it is for; no other module may.
ALLOWED: dict[str, dict[str, str]] = {"socket": {}, "subprocess": {}, "tempfile": {}, "ctypes": {}}


def imported(module: Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_nothing_out_of_data_is_run_and_nothing_reaches_the_network() -> None:
    wrong = []
    for module in modules():
        wrong += [f"{module.name}: {name}" for name in sorted(imported(module) & _NO_MODULES)]
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call):
                if isinstance(node.func, ast.Name) and node.func.id in _NO_CALLS:
                    wrong.append(f"{module.name}:{node.lineno}: {node.func.id}")
                if any(key.arg == "shell" for key in node.keywords):
                    wrong.append(f"{module.name}:{node.lineno}: shell=")
                if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
                    called = f"{node.func.value.id}.{node.func.attr}"
                    if called in ("os.system", "os.popen", "builtins.compile") or called.startswith(
                        ("os.exec", "os.spawn")
                    ):
                        wrong.append(f"{module.name}:{node.lineno}: {called}")
    assert wrong == []


@pytest.mark.parametrize("what", sorted(ALLOWED))
def test_few_modules_may_do_what_needs_care(what: str) -> None:
    users = {
        module.name for module in modules() if any(name.split(".")[0] == what for name in imported(module))
    }
    assert sorted(users) == sorted(ALLOWED[what])


def test_no_guard_is_an_assert() -> None:
    wrong = [
        f"{module.name}:{node.lineno}"
        for module in modules()
        if module.name in GUARDS
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Assert)
    ]
    assert wrong == []
    assert {name for name in GUARDS if not (SOURCE / name).exists()} == set()
