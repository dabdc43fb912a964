"""compose.yaml and its image, as far as they can be read without Docker: whatever they name is there."""

import re
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from json import loads
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
PROXY = ROOT / "deploy" / "nginx" / "compose.conf.template"


def started() -> list[str]:
    [line] = re.findall(r"^CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)
    return list(loads(line))


def test_every_image_is_of_a_certain_version() -> None:
    named = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    named += [service["image"] for name, service in SERVICES.items() if name not in OURS]
    assert len(named) == 5
    assert all(re.search(r":\d+\.\d+\.?\d*-[a-z-]+$", image) for image in named)


def test_pages_are_served_as_bin_run_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "bin")
    monkeypatch.setattr(sys, "argv", ["bin/run"])
    monkeypatch.setattr("os.environ", {"HOST": "0.0.0.0", "PORT": "8000", "DEMO": "0"})
    loader = SourceFileLoader("run", str(ROOT / "bin" / "run"))
    spec = spec_from_loader("run", loader)
    assert spec is not None
    run, became = module_from_spec(spec), list[str]()
    loader.exec_module(run)
    for name, instead in {
        "refuse_a_taken_port": lambda host, port: None,
        "ensure_environment": lambda lock: None,
        "call": lambda command: 0,
        "become": became.extend,
    }.items():
        monkeypatch.setattr(run, name, instead)
    run.main()
    assert started() == [str(Path(became[0]).relative_to(ROOT)), *became[1:]]


def test_workers_and_beat_are_those_of_the_procfile() -> None:
    of_the_procfile = (ROOT / "Procfile").read_text(encoding="utf-8")
    for name in ("worker", "beat"):
        assert f"{name}: {' '.join(SERVICES[name]['command'])}\n" in of_the_procfile
    assert SERVICES["prepare"]["command"][-1] == "prepare"
    assert list((ROOT).glob("*/management/commands/prepare.py"))


def test_the_database_is_migrated_once_and_before_all_others() -> None:
    assert [name for name, service in OURS.items() if "prepare" in service.get("command", [])] == ["prepare"]
    for name in OURS.keys() - {"prepare"}:
        assert SERVICES[name]["depends_on"]["prepare"] == {"condition": "service_completed_successfully"}
    for service in SERVICES.values():
        for name, wanted in service.get("depends_on", {}).items():
            assert wanted["condition"] != "service_healthy" or "healthcheck" in SERVICES[name]


def test_whatever_is_set_is_a_setting_and_no_secret_stands_in_it() -> None:
    known = set(re.findall(r"^#([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    asked_for = set(re.findall(r"\$\{([A-Z_]+)", text))
    documented = (
        (ROOT / "docs" / "operations.md").read_text(encoding="utf-8").partition("## In containers")[2]
    )
    for service in OURS.values():
        assert service["environment"].keys() <= known
        assert service["env_file"] == ".env"
        assert service["environment"]["NOTIFICATION_EXECUTOR"] == "celery"
    assert all(f"{name}=" in documented.partition("\n## ")[0] for name in asked_for)
    assert not re.search(r"(PASSWORD|SECRET)\w*: (?!\$\{)", text)
    assert not re.search(r"^(ENV|ARG) .*(PASSWORD|SECRET)", DOCKERFILE, re.MULTILINE)


def test_nobody_is_root_and_everybody_may_end_in_peace() -> None:
    assert re.findall(r"^USER (\w+)$", DOCKERFILE, re.MULTILINE) == ["belltower"]
    for service in OURS.values():
        assert int(service["stop_grace_period"].removesuffix("s")) >= 25
        assert service["cap_drop"] == ["ALL"]
        assert service["read_only"] is True


def test_ports_agree_from_the_street_to_the_process() -> None:
    proxy = PROXY.read_text(encoding="utf-8")
    port = started()[started().index("--port") + 1]
    assert re.findall(r"^EXPOSE (\d+)$", DOCKERFILE, re.MULTILINE) == [port]
    assert f"server web:{port} resolve;" in proxy
    assert f"http://127.0.0.1:{port}/readyz" in SERVICES["web"]["healthcheck"]["test"][-1]
    published = dict(each.split(":") for each in SERVICES["nginx"]["ports"])
    assert list(published.values()) == re.findall(r"listen (\d+)", proxy)
    assert not any("ports" in service for name, service in SERVICES.items() if name != "nginx")


def test_volumes_are_there_and_data_outlive_their_container() -> None:
    assert {volume.partition(":")[0] for service in OURS.values() for volume in service["volumes"]} == {
        "data"
    }
    mounts = [volume for service in SERVICES.values() for volume in service.get("volumes", [])]
    for source in {mount.rpartition(":/")[0] for mount in mounts if mount[0] not in "$"}:
        assert source in COMPOSE["volumes"] or (ROOT / source).exists(), source
    assert "data:/srv/belltower/var" in mounts
    assert re.findall(r"^WORKDIR (\S+)$", DOCKERFILE, re.MULTILINE) == ["/srv/belltower"] * 2


def test_no_secret_and_nothing_that_was_made_gets_into_the_image() -> None:
    left_out = set((ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines())
    assert {".env", "var/", ".git/", ".venv/", "certificates/"} <= left_out
    needed = [
        word for line in re.findall(r"^COPY (?!--)(.*) \S+$", DOCKERFILE, re.M) for word in line.split()
    ]
    assert all((ROOT / path).exists() for path in needed)
    assert not {f"{path.partition('/')[0]}/" for path in needed} & left_out


def test_the_proxy_is_the_other_ones_twin() -> None:
    other = (ROOT / "deploy" / "nginx" / "belltower.conf").read_text(encoding="utf-8")
    begins = "    client_max_body_size"
    assert PROXY.read_text(encoding="utf-8").partition(begins)[2] == other.partition(begins)[2] != ""
