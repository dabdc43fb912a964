"""What is shipped for servers, checked by the programs that will read it, where this machine has them."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_no_service_runs_as_root_or_holds_a_secret(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    assert "\nUser=belltower\n" in text
    assert "\nNoNewPrivileges=yes\n" in text
    assert set(re.findall(r"^Environment=(\w+)", text, re.M)) <= {"XDG_CACHE_HOME"}


def test_every_process_of_the_procfile_has_its_unit() -> None:
    commands = [
        line.partition(": ")[2] for line in (ROOT / "Procfile").read_text(encoding="utf-8").splitlines()
    ]
    units = [re.findall(r"^ExecStart=/srv/belltower/(.*)$", unit.read_text(), re.M)[0] for unit in UNITS]
    assert set(commands) <= set(units)
    assert all((ROOT / command.split()[0]).exists() for command in commands)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_reads_the_units(tmp_path: Path) -> None:
    """With a program that is there in place of ours, which is not installed in /srv here."""
    for unit in (ROOT / "deploy" / "systemd").iterdir():
        text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", unit.read_text(encoding="utf-8"), flags=re.M)
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    ended = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *sorted(map(str, tmp_path.iterdir()))],
        capture_output=True, text=True,
    )  # fmt: skip
    ours = [line for line in ended.stderr.splitlines() if "belltower" in line]
    assert [
        line for line in ours if "Unknown" in line or "Failed to parse" in line or "Invalid" in line
    ] == []


def nginx_says(text: str, folder: Path) -> str:
    """What it has against a configuration, without the certificate, which is nowhere here."""
    text = re.sub(r"^\s*ssl_certificate.*\n", "", text, flags=re.MULTILINE)
    text = text.replace("443 ssl;", "443;").replace("listen 443;", "listen 8443;")
    (folder / "site.conf").write_text(text.replace("listen 80;", "listen 8080;"), encoding="utf-8")
    main = folder / "nginx.conf"
    main.write_text(
        f"pid {folder}/pid;\nerror_log stderr;\nevents {{}}\n"
        f"http {{ access_log off; include {folder}/site.conf; }}\n",
        encoding="utf-8",
    )
    ended = subprocess.run(["nginx", "-t", "-q", "-c", main], capture_output=True, text=True)
    return ended.stderr or str(ended.returncode)


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")
def test_nginx_reads_its_configuration(tmp_path: Path) -> None:
    text = (ROOT / "deploy" / "nginx" / "belltower.conf").read_text(encoding="utf-8")
    assert nginx_says(text, tmp_path) == "0"


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")
def test_nginx_reads_that_of_the_containers(tmp_path: Path) -> None:
    """Without what only a newer nginx among containers can do: find them by their names."""
    text = (ROOT / "deploy" / "nginx" / "compose.conf.template").read_text(encoding="utf-8")
    for ours, here in {"${SITE_HOST}": "lindenhof.example", "web:8000 resolve": "127.0.0.1:8000"}.items():
        assert ours in text
        text = text.replace(ours, here)
    assert nginx_says(text, tmp_path) == "0"
