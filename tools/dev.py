"""The project's commands on every system: `python tools/dev.py TASK`; the Makefile only forwards here.

Runs on a bare Python 3.11 with nothing installed: everything above the environment is standard library.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from system_packages import Stop, ensure_system, say

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
VENV = ROOT / ".venv"
ATLAS_VENV = ROOT / ".venv-atlas"
LOCK = ROOT / "requirements.lock"
ATLAS_REQUIREMENTS = [ROOT / folder / "build_atlas" / "requirements.txt" for folder in ("tools", "tests")]
ATLAS_LOCK = ROOT / "requirements-atlas.lock"


# --- environments ----------------------------------------------------------------------------------------


def _bin(venv: Path, name: str = "python") -> Path:
    return venv / "Scripts" / f"{name}.exe" if os.name == "nt" else venv / "bin" / name


def _fingerprint(*files: Path, project: bool = False) -> str:
    """Changes only with what is installed: the interpreter, the lock, and the project's own metadata."""
    digest = hashlib.sha256(f"{sys.version_info[:3]}\n{ROOT}\n".encode())
    for file in files:
        digest.update(file.read_bytes())
    if project:
        import tomllib  # new in 3.11: an older Python must get as far as the message in main

        with (ROOT / "pyproject.toml").open("rb") as stream:
            table = tomllib.load(stream)
        relevant = [table["build-system"], table["project"], table["tool"]["hatch"]]
        digest.update(json.dumps(relevant, sort_keys=True).encode())
    return digest.hexdigest()


def _pip(venv: Path, *arguments: str) -> None:
    command = [str(_bin(venv)), "-m", "pip", "--disable-pip-version-check", "install", "-q", *arguments]
    if subprocess.run(command, check=False, cwd=ROOT, stdin=subprocess.DEVNULL).returncode != 0:
        raise Stop(
            f"Installing into {venv.name} failed (see above). Nothing else was changed; run this again."
        )


def _make_environment(venv: Path, lock: Path, fingerprint: str, *, project: bool) -> None:
    stamp = venv / ".ready"
    if stamp.exists() and stamp.read_text() == fingerprint and _bin(venv).exists():
        return
    say(f"Setting up {venv.name} from {lock.name} (the first time this downloads some 200 MB) ...")
    if not _bin(venv).exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(venv)], check=True)
    stamp.unlink(missing_ok=True)
    _pip(venv, "--require-hashes", "-r", str(lock))
    if project:
        _pip(venv, "--no-deps", "--no-build-isolation", "-e", ".")
    stamp.write_text(fingerprint)


# Tests of one file share what they have built: they stay together.
SPREAD = ("-n", str(min(os.cpu_count() or 1, 8)), "--dist", "loadfile")


def ensure_environment() -> None:
    _make_environment(VENV, LOCK, _fingerprint(LOCK, project=True), project=True)
    compile_sources()


def ensure_atlas_environment() -> None:
    _make_environment(ATLAS_VENV, ATLAS_LOCK, _fingerprint(ATLAS_LOCK), project=False)


def compile_sources() -> None:
    # With PYTHONDONTWRITEBYTECODE set, an editable install would compile every module at each start.
    subprocess.run(
        [_bin(VENV), "-m", "compileall", "-q", str(ROOT / "src")], check=False, stdout=subprocess.DEVNULL
    )


def in_environment(*arguments: str, venv: Path = VENV, **environment: str) -> int:
    command = [str(_bin(venv)), *arguments]
    return subprocess.run(command, check=False, cwd=ROOT, env=os.environ | environment).returncode


def tool(name: str, *arguments: str) -> int:
    say(f"$ {name} {' '.join(arguments)}")
    return subprocess.run([str(_bin(VENV, name)), *arguments], check=False, cwd=ROOT).returncode


def headless() -> bool:
    return sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def offscreen() -> str:
    return os.environ.get("QT_QPA_PLATFORM", "offscreen")


# --- tasks -----------------------------------------------------------------------------------------------


def task_setup(_: Sequence[str]) -> int:
    """make the environment and install what the system lacks"""
    ensure_system(window=True, virtual_screen=True)
    ensure_environment()
    return 0


def task_run(arguments: Sequence[str]) -> int:
    """open the program with the demo clinic; without a display, write the demo record"""
    if headless() and not arguments:
        say("No display here (DISPLAY and WAYLAND_DISPLAY are empty): no window can open.")
        say("Drawing the demo clinic's latest treatment record instead.")
        return task_demo_record(())
    ensure_system(window=not headless())
    ensure_environment()
    return in_environment("-m", "injectmap", *(arguments or ("open", "--demo")))


def task_demo_record(arguments: Sequence[str]) -> int:
    """draw the demo clinic's latest treatment record into build/demo-record.pdf"""
    ensure_system()
    ensure_environment()
    BUILD.mkdir(exist_ok=True)
    target = BUILD / "demo-record.pdf"
    code = in_environment(
        "-m", "injectmap", "demo-record", "--pdf", str(target), *arguments, QT_QPA_PLATFORM=offscreen()
    )
    if code == 0:
        say(f"Written: {target.relative_to(ROOT)}")
    return code


def owes_server() -> bool:
    """True where a skipped test on PostgreSQL fails the run; elsewhere such tests are left out without a server."""
    return bool(os.environ.get("CI"))


def task_test(arguments: Sequence[str]) -> int:
    """pass the tests, on every core where they bear company (ARGS=... goes to pytest as it is)"""
    ensure_system(virtual_screen=True, server=owes_server())
    ensure_environment()
    if arguments:
        return in_environment("-m", "pytest", "-q", *arguments, QT_QPA_PLATFORM=offscreen())
    # A real window has its hand, its screen and its patience for itself.
    runs = ((*SPREAD, "-m", "not x11"), ("-m", "x11"))
    return max(in_environment("-m", "pytest", "-q", *one, QT_QPA_PLATFORM=offscreen()) for one in runs)


def task_test_no_qt(arguments: Sequence[str]) -> int:
    """pass every test that is not about the window, with Qt impossible to import"""
    ensure_system(server=owes_server())
    ensure_environment()
    say("$ pytest, Qt made impossible to import (tests/without_qt)")
    return in_environment(
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:pytest-qt",
        *(() if arguments else SPREAD),
        "-p",
        "without_qt",
        "--ignore=tests/ui",
        "--ignore=tests/e2e",
        "-m",
        "not slow",
        *arguments,
        PYTHONPATH=str(ROOT / "tests" / "without_qt"),
    )


def task_torture(arguments: Sequence[str]) -> int:
    """what takes hours (ARGS="--only fuzz" for a part, --help for more); figures in build/torture.json"""
    ensure_system(virtual_screen=True)
    ensure_environment()
    return in_environment("tools/torture.py", *arguments, QT_QPA_PLATFORM=offscreen())


def task_lint(_: Sequence[str]) -> int:
    """ruff, mypy and the import contracts"""
    ensure_system()
    ensure_environment()
    codes = [
        tool("ruff", "check", "."),
        tool("ruff", "format", "--check", "."),
        tool("mypy"),
        tool("lint-imports"),
    ]
    return max(codes)


def task_audit(_: Sequence[str]) -> int:
    """ask for known vulnerabilities of what is locked; says NOT DONE where that cannot be found out"""
    ensure_environment()
    return in_environment("tools/audit.py")


def task_check(arguments: Sequence[str]) -> int:
    """everything that must be green: lint, the audit of dependencies, the tests, the tests without Qt"""
    codes = {
        "lint": task_lint(()),
        "audit": task_audit(()),
        "test": task_test(arguments),
        "test-no-qt": task_test_no_qt(()),
    }
    failed = [name for name, code in codes.items() if code]
    say(f"Failed: {', '.join(failed)}." if failed else "All checks passed.")
    return max(codes.values())


def task_format(_: Sequence[str]) -> int:
    """let ruff put the code in form"""
    ensure_environment()
    return max(tool("ruff", "check", "--fix", "."), tool("ruff", "format", "."))


def task_bench(arguments: Sequence[str]) -> int:
    """measure each thing against its floor; writes build/bench.json"""
    ensure_system(virtual_screen=True)
    ensure_environment()
    BUILD.mkdir(exist_ok=True)
    return in_environment("-m", "benchmarks", *arguments, QT_QPA_PLATFORM=offscreen())


def task_screenshots(arguments: Sequence[str]) -> int:
    """write the main screens, light and dark, to build/screenshots"""
    ensure_system()
    ensure_environment()
    BUILD.mkdir(exist_ok=True)
    return in_environment("tools/screenshots.py", *arguments, QT_QPA_PLATFORM=offscreen())


def task_atlas(arguments: Sequence[str]) -> int:
    """generate the head again into assets/atlas (some minutes)"""
    ensure_system()
    ensure_atlas_environment()
    return in_environment("-m", "tools.build_atlas", *arguments, venv=ATLAS_VENV)


def task_test_atlas(arguments: Sequence[str]) -> int:
    """pass the tests of the head generator"""
    ensure_system()
    ensure_atlas_environment()
    tests = "tests/build_atlas"
    return in_environment(
        "-m", "pytest", "-q", "-c", f"{tests}/pytest.ini", tests, *arguments, venv=ATLAS_VENV
    )


def task_lock(_: Sequence[str]) -> int:
    """make the two locks again: newest allowed versions, hashed, without any host's name"""
    ensure_environment()
    uv = shutil.which("uv")
    if uv is None:
        scratch = BUILD / "uv"
        if not _bin(scratch, "uv").exists():
            subprocess.run([sys.executable, "-m", "venv", str(scratch)], check=True)
            _pip(scratch, "uv")
        uv = str(_bin(scratch, "uv"))
    # No header and no annotations: either would write the command line, and with it any index it names.
    options = [
        "--quiet",
        "--upgrade",
        "--universal",
        "--generate-hashes",
        "--no-emit-index-url",
        "--no-header",
        "--no-annotate",
    ]
    jobs = [
        (["pyproject.toml", "--group", "dev"], LOCK),
        ([str(path.relative_to(ROOT)) for path in ATLAS_REQUIREMENTS], ATLAS_LOCK),
    ]
    for sources, lock in jobs:
        command = [uv, "pip", "compile", *sources, *options, "-o", lock.name]
        subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    return 0


TASKS: dict[str, Callable[[Sequence[str]], int]] = {
    name.removeprefix("task_").replace("_", "-"): function
    for name, function in list(globals().items())
    if name.startswith("task_")
}


def main() -> int:
    if sys.version_info < (3, 11):  # noqa: UP036 - the system's python3 may be any
        print(f"injectmap needs Python 3.11 or newer; this is {sys.version.split()[0]}.", file=sys.stderr)
        return 1
    width = max(map(len, TASKS))
    listing = "\n".join(f"  {name:<{width}}  {function.__doc__}" for name, function in TASKS.items())
    parser = argparse.ArgumentParser(
        prog="tools/dev.py", epilog=f"tasks:\n{listing}", formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("task", choices=TASKS, metavar="TASK")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, metavar="...", help="passed on to the task")
    options = parser.parse_args()
    try:
        return TASKS[options.task](options.arguments)
    except Stop as stop:
        print(f"\n{stop}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
