"""bin/run and bin/test, as far as they can be tried without making another environment."""

import ast
import importlib.util
import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from testing.runs import NOTHING_COLLECTED, exit_code, is_wide, only_both_databases

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """bin/_house.py, standing in an empty checkout."""
    spec = importlib.util.spec_from_file_location("_house", ROOT / "bin" / "_house.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    return module


@pytest.mark.parametrize("name", ["_house.py", "run", "test"])
def test_an_old_python_can_read_far_enough_to_say_that_it_is_too_old(name: str) -> None:
    ast.parse((ROOT / "bin" / name).read_text(encoding="utf-8"), feature_version=(3, 6))


def test_the_test_lock_contains_the_runtime_lock() -> None:
    runtime, testing = (locked(ROOT / name) for name in ("requirements.txt", "requirements-dev.txt"))
    assert runtime
    assert runtime.items() <= testing.items()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "bin/uv.txt"])
def test_every_locked_package_has_a_hash_and_no_address(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if re.match(r"\w", line)]
    assert pins
    assert all("==" in line and line.endswith("\\") for line in pins)
    assert not any("://" in line or line.startswith("-") for line in lines)


def locked(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^([\w.\[\]-]+)==(\S+)", lock.read_text(encoding="utf-8"), re.M))


def test_a_changed_lock_is_no_longer_satisfied(
    house: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, stamp, python = tmp_path / "lock", tmp_path / "stamp", tmp_path / "python"
    lock.write_text("a==1")
    python.touch()
    monkeypatch.setattr(house, "STAMP", stamp)
    monkeypatch.setattr(house, "PYTHON", python)
    assert not house.is_satisfied(lock)
    stamp.write_text(house.digest(lock) + "\n")
    assert house.is_satisfied(lock)
    lock.write_text("a==2")
    assert not house.is_satisfied(lock)


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("PORT=9000", "9000"),
        ("export PORT = 9000  # the back door", "9000"),
        ("PORT='9000'", "9000"),
        ('PORT="90 00" # two', "90 00"),
        ("PORT=1\nPORT=9000", "9000"),
        ("#PORT=9000", "8000"),
        ("REPORT=9000", "8000"),
    ],
)
def test_a_setting_is_read_from_the_env_file(house: ModuleType, line: str, value: str) -> None:
    (house.ROOT / ".env").write_text(line)
    assert house.setting("PORT", "8000") == value


def test_the_environment_goes_before_the_env_file(house: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    (house.ROOT / ".env").write_text("PORT=9000")
    monkeypatch.setenv("PORT", "7000")
    assert house.setting("PORT", "8000") == "7000"


def test_a_taken_port_is_a_sentence_and_not_a_traceback() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        environment = os.environ | {"HOST": "127.0.0.1", "PORT": port}
        result = subprocess.run(
            [sys.executable, "bin/run"], cwd=ROOT, env=environment, text=True, capture_output=True
        )
    assert result.returncode == 1
    assert f"Port {port} is taken" in result.stderr
    assert "Traceback" not in result.stderr


def test_every_variable_that_is_read_stands_in_the_example() -> None:
    sources = "".join(path.read_text() for path in (ROOT / "myproject").glob("*.py"))
    read = set(re.findall(r"\benv\.\w+\(\s*[\"']([A-Z_]+)[\"']", sources))
    named = set(re.findall(r"^#([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert len(read) > 50
    assert read <= named
    assert named <= read | {"HOST", "WEB_THREADS"}  # which are read before the settings


def test_a_missing_key_is_a_sentence_and_not_a_traceback(tmp_path: Path) -> None:
    public = {"DEBUG": "0", "SITE_URL": "https://lindenhof.example", "SECRET_KEY": ""}
    said = subprocess.run(
        [sys.executable, "manage.py", "prepare"],
        cwd=ROOT,
        env=os.environ | public | {"DATABASE_URL": f"sqlite:///{tmp_path / 'db'}"},
        capture_output=True,
        text=True,
    )
    assert said.returncode == 1
    assert said.stderr.startswith("Belltower cannot start. SECRET_KEY is not set.")
    assert len(said.stderr.splitlines()) == 1


def test_the_second_run_keeps_the_callers_choice_of_markers() -> None:
    assert only_both_databases(["-k", "inbox"]) == ["-k", "inbox", "-m", "both_databases"]
    assert only_both_databases(["-m", "not slow", "-x"]) == ["-x", "-m", "both_databases and (not slow)"]


def test_chosen_files_run_in_one_process() -> None:
    assert not is_wide(["tests/test_commands.py::test_x"])
    assert not is_wide(["-n", "4"])
    assert is_wide(["-k", "inbox"])


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ([0, 0], 0),
        ([0, 1], 1),
        ([1, 0], 1),
        ([0, NOTHING_COLLECTED], 0),
        ([NOTHING_COLLECTED, 0], 0),
        ([NOTHING_COLLECTED, 1], 1),
        ([NOTHING_COLLECTED, NOTHING_COLLECTED], NOTHING_COLLECTED),
    ],
)
def test_a_run_without_tests_fails_only_when_both_were_empty(codes: list[int], expected: int) -> None:
    assert exit_code(codes) == expected


@pytest.mark.parametrize(
    ("ended", "told"), [(0, 0), (65, 65), (67, 67), (77, 77), (75, 75), (1, 75), (2, 75)]
)
def test_what_a_mail_server_pipes_to_blames_no_message_for_a_fault_of_ours(
    tmp_path: Path, ended: int, told: int
) -> None:
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\necho "$@"\nexit {ended}\n')
    script = tmp_path / "bin" / "receive-mail"
    script.parent.mkdir()
    script.write_bytes((ROOT / "bin" / "receive-mail").read_bytes())
    for program in (python, script):
        program.chmod(0o755)
    result = subprocess.run([script, "--sender=", "--", "a@b"], stdout=subprocess.PIPE, text=True)
    assert (result.returncode, result.stdout) == (told, "manage.py receive_mail --sender= -- a@b\n")
