"""pytest plugin of the run without Qt: stands in for pytest-qt's options and refuses to run if Qt can be imported."""

import importlib

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    for name in ("qt_api", "qt_log_level_fail"):
        parser.addini(name, "pytest-qt's; unused here")
    parser.addini("qt_log_ignore", "pytest-qt's; unused here", type="linelist")


def pytest_configure(config: pytest.Config) -> None:
    for name in ("PySide6", "shiboken6"):
        try:
            importlib.import_module(name)
        except ModuleNotFoundError:
            continue
        raise pytest.UsageError(f"{name} can be imported: this run would prove nothing")
