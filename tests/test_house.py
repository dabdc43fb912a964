"""The house rules that a machine can check. What each tool looks for is set in pyproject.toml."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from testing.imports import forbidden_imports

ROOT = Path(__file__).resolve().parent.parent
MAY_NOT_IMPORT = {
    "web": (
        "notifications",
        "audit",
        "accounts",
        "community",
        "announcements",
        "newsletters",
        "webhooks",
        "moderation",
        "reputation",
        "reports",
        "projects",
        "rights",
        "backups",
    ),
    "notifications": (
        "audit",
        "accounts",
        "community",
        "announcements",
        "newsletters",
        "webhooks",
        "moderation",
        "reputation",
        "reports",
        "projects",
        "rights",
        "backups",
    ),
    "audit": (
        "accounts",
        "community",
        "announcements",
        "newsletters",
        "webhooks",
        "moderation",
        "reputation",
        "reports",
        "projects",
        "rights",
        "backups",
    ),
    "accounts": (
        "community",
        "announcements",
        "newsletters",
        "webhooks",
        "moderation",
        "reputation",
        "reports",
        "projects",
        "rights",
        "backups",
    ),
    "community": (
        "announcements",
        "newsletters",
        "webhooks",
        "moderation",
        "reputation",
        "reports",
        "projects",
        "rights",
        "backups",
    ),
    "announcements": (
        "newsletters",
        "webhooks",
        "moderation",
        "reputation",
        "reports",
        "projects",
        "rights",
        "backups",
    ),
    "webhooks": (
        "announcements",
        "newsletters",
        "moderation",
        "reputation",
        "reports",
        "projects",
        "rights",
        "backups",
    ),
    "newsletters": (
        "announcements",
        "webhooks",
        "moderation",
        "reputation",
        "reports",
        "projects",
        "rights",
        "backups",
    ),
    "moderation": (
        "announcements",
        "newsletters",
        "webhooks",
        "reputation",
        "reports",
        "projects",
        "rights",
        "backups",
    ),
    "reputation": (
        "announcements",
        "newsletters",
        "webhooks",
        "moderation",
        "reports",
        "projects",
        "rights",
        "backups",
    ),
}
PUBLIC_SITE = {
    "DJANGO_SETTINGS_MODULE": "myproject.settings",  # pytest has put the tests' own into the environment
    "SECRET_KEY": "an example of a key: 61 characters, and no two sites may share it",
    "SITE_URL": "https://belltower.example",
    "ALLOWED_HOSTS": "belltower.example",
    "DEBUG": "0",
}


@pytest.mark.parametrize("package", MAY_NOT_IMPORT)
def test_imports_point_one_way(package: str) -> None:
    assert forbidden_imports(ROOT / package, MAY_NOT_IMPORT[package]) == []


@pytest.mark.parametrize(
    "line",
    [
        "import community",
        "from community.models import Post",
        "def late():\n    from community import actions",
        "import_string('community.actions.react')",
        "apps.get_model('community.Post')",
        "apps.get_model('community', 'Post')",
        "if TYPE_CHECKING:\n    import community.models as m",
    ],
)
def test_an_import_against_the_direction_is_found_wherever_it_hides(tmp_path: Path, line: str) -> None:
    (tmp_path / "module.py").write_text(line)
    assert len(forbidden_imports(tmp_path, ("community",))) == 1


@pytest.mark.django_db
def test_every_model_change_has_its_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True)


def test_the_deployment_check_has_nothing_to_say_about_a_public_site() -> None:
    succeeds("manage.py", "check", "--deploy", "--fail-level", "WARNING", environment=PUBLIC_SITE)


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=["lint", "format"])
def test_ruff_has_no_complaint(command: list[str]) -> None:
    succeeds("-m", "ruff", *command, "--no-cache", ".")


def test_templates_are_in_djade_s_format() -> None:
    templates = [str(path.relative_to(ROOT)) for path in tracked("*.html")]
    assert templates
    djade = Path(sys.executable).with_name("djade")  # a program, not a module
    succeeds("--check", "--target-version", "5.2", *templates, program=str(djade))


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_types_are_strict() -> None:
    succeeds("-m", "mypy", ".")


def test_bandit_finds_no_weakness() -> None:
    succeeds("-m", "bandit", "--quiet", "--configfile", "pyproject.toml", "--recursive", ".")


def test_vendored_files_are_those_of_the_ledger() -> None:
    succeeds("bin/vendor", "--check")


def tracked(pattern: str) -> list[Path]:
    """Our own files by that name: not those of packages, of collected static files or of hidden folders."""
    outside = ("var", "node_modules")
    parts = ((path, path.relative_to(ROOT).parts) for path in sorted(ROOT.rglob(pattern)))
    return [path for path, folders in parts if folders[0] not in outside and not folders[0].startswith(".")]


def succeeds(*command: str, program: str = sys.executable, environment: dict[str, str] | None = None) -> None:
    result = subprocess.run(
        [program, *command],
        cwd=ROOT,
        env=os.environ | (environment or {}),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert result.returncode == 0, result.stdout
