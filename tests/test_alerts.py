"""Alerts read what /metrics says, fire by their trouble, end with it, and each has a run-book."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from backups.recording import recorded
from community.models import Post

from .troubles import STORIES, Site

PROMETHEUS = Path(__file__).resolve().parent.parent / "deploy" / "prometheus"
RUN_BOOKS = PROMETHEUS.parent.parent / "docs" / "run-books.md"
RULES = {
    rule["alert"]: rule
    for group in yaml.safe_load((PROMETHEUS / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
}
ITS_OWN = {"up"}  # which Prometheus adds, as the labels `job` and `instance`
# What the page Operating says of it; the others are of one process, or of an hour.
OPERATING = {
    "BelltowerNobodyWorks": "No dispatcher is at work",
    "BelltowerLate": "what is due longest has waited for 6 minutes",
    "BelltowerTurnedAway": "this site is turned away: words",
    "BelltowerFarEndAway": "the far end is away: words",
    "BelltowerDeadLetters": "given up: 1",
    "BelltowerJobNotDone": "The job “count” failed",
    "BelltowerBackupOld": "The last backup was made on",
    "BelltowerHeld": "This site was restored on",
    "BelltowerQueueWithoutWorker": "No worker serves bulk, events",
}


@pytest.fixture
def site(
    client: Client, alice: User, bob: User, post: Post, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Site:
    return Site(client, alice, bob, post, settings, monkeypatch)


@pytest.mark.django_db
def test_whatever_the_rules_name_is_there_to_be_read(site: Site) -> None:
    with recorded():  # else nothing is said of backups
        pass
    samples = site.samples()
    for name, rule in RULES.items():
        for metric, selector in re.findall(r"\b(belltower_\w+|up)\b(?:\{(.*?)\})?", rule["expr"]):
            wanted = set(re.findall(r'(\w+)="(\w+)"', selector))
            of_it = [labels for each, labels, _value in samples if each == metric]
            assert metric in ITS_OWN or any(wanted <= labels.items() for labels in of_it), (name, metric)
        for label in re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]):
            assert label == "instance" or any(label in labels for _name, labels, _value in samples), name


@pytest.mark.django_db
def test_no_label_is_one_that_prometheus_sets_itself(site: Site) -> None:
    assert not [name for name, labels, _value in site.samples() if labels.keys() & {"job", "instance"}]


def test_each_alert_has_a_run_book_and_each_run_book_an_alert() -> None:
    sections = re.findall(r"^## (Belltower\w+)$", RUN_BOOKS.read_text(encoding="utf-8"), re.MULTILINE)
    assert sections == list(RULES)
    for name, rule in RULES.items():
        assert rule["annotations"]["runbook_url"] == f"docs/run-books.md#{name.lower()}"


def test_each_alert_is_tried_firing_and_over() -> None:
    told: dict[str, set[bool]] = {}
    for test in yaml.safe_load((PROMETHEUS / "alerts.test.yml").read_text(encoding="utf-8"))["tests"]:
        fired = set()
        for moment in sorted(test["alert_rule_test"], key=lambda moment: int(moment["eval_time"][:-1])):
            name, fires = moment["alertname"], "exp_alerts" in moment
            told.setdefault(name, set()).add(name in fired and not fires)
            fired |= {name} if fires else set()
    assert {name for name, over in told.items() if True in over} == RULES.keys()


@pytest.mark.skipif(
    shutil.which("promtool") is None, reason="promtool is not installed (apt install prometheus)"
)
@pytest.mark.parametrize("command", ["check config prometheus.yml", "test rules alerts.test.yml"])
def test_promtool_agrees(command: str) -> None:
    ended = subprocess.run(["promtool", *command.split()], cwd=PROMETHEUS, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_each_alert_has_its_story() -> None:
    assert STORIES.keys() == RULES.keys()


@pytest.mark.django_db
@pytest.mark.parametrize("name", STORIES)
def test_its_trouble_is_seen_and_so_is_its_end(name: str, site: Site) -> None:
    told = STORIES[name](site)
    assert next(told) is True
    if said := OPERATING.get(name):
        assert said in site.operating()
    assert list(told) == [False]
