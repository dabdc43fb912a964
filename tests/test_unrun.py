"""A test that could not run is named at the end, and is a failure where everything has to run."""

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

BROWSER_TEST = """
import pytest

@pytest.mark.browser
def test_opens_a_page(): pass
"""


@pytest.fixture(autouse=True)
def no_browser(monkeypatch: pytest.MonkeyPatch, pytester: pytest.Pytester) -> None:
    monkeypatch.setenv("E2E_BROWSER", "/nowhere/chromium")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parent.parent))  # for parallel workers
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    for name in ("CI", "BROWSER_TESTS", "UNRUN_FILE"):
        monkeypatch.delenv(name, raising=False)
    pytester.makeini("[pytest]\nmarkers = browser: drives a browser")


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest_inprocess("-p", "testing.unrun", *arguments)


@pytest.mark.parametrize("arguments", [(), ("-p", "xdist", "-n", "1")], ids=["alone", "parallel"])
def test_a_missing_browser_is_named_with_its_remedy(
    pytester: pytest.Pytester, arguments: tuple[str, ...]
) -> None:
    pytester.makepyfile(BROWSER_TEST)
    result = run(pytester, *arguments)
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*1 left unrun: *apt install chromium*", "  test_*::test_opens_a_page"])


@pytest.mark.parametrize(("name", "value"), [("CI", "true"), ("BROWSER_TESTS", "required")])
def test_a_required_browser_that_is_missing_is_a_failure(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    pytester.makepyfile(BROWSER_TEST)
    result = run(pytester)
    result.assert_outcomes(errors=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_a_skipped_file_is_named(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("import pytest\npytest.skip('no printer: plug one in', allow_module_level=True)")
    result = run(pytester)
    result.stdout.fnmatch_lines(
        ["1 left unrun: no printer: plug one in.", "  test_a_skipped_file_is_named.py"]
    )


def test_nothing_is_said_when_everything_ran(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(): pass")
    result = run(pytester)
    result.assert_outcomes(passed=1)
    assert "left unrun" not in result.stdout.str()
