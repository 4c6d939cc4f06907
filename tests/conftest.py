"""What holds for every test: lanes, engines that end with their session however it ends, races called races.

This folder is on the import path because of this file, so that tests of several folders can share modules.
"""

from typing import Any

import pytest
from hypothesis import settings
from leftovers import Leftovers

# A property is tried with the same examples each time, so that a change is judged by what it changed. `make fuzz` looks
# for new ones.
settings.register_profile("repeatable", derandomize=True)
settings.register_profile("fuzz", max_examples=2000, print_blob=True)
settings.load_profile("repeatable")

# It needs both cores; the lane of LocalCluster begins with a warehouse, which does so too.
LAST = "tests/cluster/test_node.py"
# What a lane tells the session that started it.
LEFT_RUNNING = "left_running"
_leftovers = pytest.StashKey[Leftovers]()
_left_running = pytest.StashKey[list[str]]()
_is_incomplete = pytest.StashKey[bool]()
_failed_before = pytest.StashKey[frozenset[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    text = "with --last-failed: name the tests that pass only now, which are races"
    parser.addoption("--second-try", action="store_true", help=text)


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(_CollectionWatch(config))
    config.stash[_left_running] = []
    if config.getoption("--second-try") and config.cache:
        config.stash[_failed_before] = frozenset(config.cache.get("cache/lastfailed", {}))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from lanes import Lanes  # only where xdist is

    return Lanes(config, log) if config.getoption("dist") == "loadgroup" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.nodeid.startswith(LAST))


def pytest_collection_finish(session: pytest.Session) -> None:
    if any(item.get_closest_marker("engine") for item in session.items):
        session.config.stash[_leftovers] = Leftovers()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(node: Any, ids: list[str]) -> None:
    option = node.config.option
    is_whole_suite = node.config.args == ["tests"] and option.markexpr == "engine" and not option.keyword
    if is_whole_suite and option.dist == "loadgroup":
        from lanes import require_both

        require_both(ids)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object | None) -> None:
    if error:
        node.config.stash[_is_incomplete] = True
    # A lane that crashed has no output.
    node.config.stash[_left_running] += getattr(node, "workeroutput", {}).get(LEFT_RUNNING, [])


class _CollectionWatch:
    """A file that one lane could not collect was not run there, whatever the tests that ran say."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._config.stash[_is_incomplete] = True


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A lane that crashed or could not collect, or a process left running, is no test that a second try could pass."""
    config = session.config
    if found := config.stash.get(_leftovers, None):
        config.stash[_left_running] += found.left_running()
    if hasattr(config, "workeroutput"):
        config.workeroutput[LEFT_RUNNING] = config.stash[_left_running]
    if config.stash.get(_is_incomplete, False) or config.stash[_left_running]:
        session.exitstatus = pytest.ExitCode.INTERNAL_ERROR


def pytest_unconfigure(config: pytest.Config) -> None:
    if found := config.stash.get(_leftovers, None):
        found.clear()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if left := config.stash[_left_running]:
        terminalreporter.section("left running by a test, which has to end what it starts")
        for each in left:
            terminalreporter.line(each)
    failed = {each.nodeid for kind in ("failed", "error") for each in terminalreporter.stats.get(kind, ())}
    passed = {each.nodeid for each in terminalreporter.stats.get("passed", ())} - failed
    if races := sorted(passed & config.stash.get(_failed_before, frozenset())):
        terminalreporter.section("failed first, passed alone: a race in the test or in the code, to be fixed")
        for nodeid in races:
            terminalreporter.line(nodeid)
