"""
A pytest plugin that continues an interrupted run.

-p rig.reports --reports=FILE writes the reports of each case into FILE as the case ends. Cases
with reports in FILE are not run again: their reports are replayed, so that the summary, the
JUnit file and the exit status cover all cases. A case that had begun without ending is run
again.
"""

import json
import os

import pytest


def pytest_addoption(parser):
    """Declare --reports."""
    parser.addoption('--reports', metavar='FILE',
                     help='record ended cases in this file, and go on behind those in it')


def pytest_configure(config):
    """Begin, if there is a file."""
    path = config.getoption('--reports')
    if path is not None:
        config.pluginmanager.register(Reports(config, path))


class Reports:
    """The reports of the cases that have ended."""

    def __init__(self, config, path):
        """Take what an earlier run has left in the file, and open it for more."""
        self._config = config
        self._ended = {}  # node id: reports
        self._current = []  # of the case that runs
        try:
            with open(path, 'rb') as file:
                lines = file.read().splitlines(keepends=True)
        except FileNotFoundError:
            lines = []
        if lines and not lines[-1].endswith(b'\n'):
            lines.pop()  # cut by the end of the machine that wrote it
        for line in lines:
            reports = json.loads(line)
            self._ended[reports[0]['nodeid']] = reports
        self._earlier = len(self._ended)
        self._file = open(path, 'ab')  # noqa: SIM115 closed at the session's end
        self._file.truncate(sum(map(len, lines)))

    def pytest_report_header(self):
        """Return a line with the number of results known."""
        return f'reports: {self._earlier} cases have ended in an earlier run' if self._earlier else None

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items):
        """Put ended cases first: shared fixtures must not span them."""
        items.sort(key=lambda item: item.nodeid not in self._ended)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item):
        """Replay the reports of a case that has ended, in place of its run."""
        if item.nodeid not in self._ended:
            return None
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        for data in self._ended.pop(item.nodeid):
            if isinstance(data['longrepr'], list):  # why it was skipped: JSON has no tuples
                data['longrepr'] = tuple(data['longrepr'])
            item.ihook.pytest_runtest_logreport(
                report=self._config.hook.pytest_report_from_serializable(
                    config=self._config, data=data))
        self._current.clear()
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True

    def pytest_runtest_logreport(self, report):
        """Keep a report until its case has ended."""
        self._current.append(self._config.hook.pytest_report_to_serializable(
            config=self._config, report=report))

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logfinish(self):
        """Write a case's reports, in one line that is there whatever comes next."""
        if self._current:
            self._file.write(json.dumps(self._current).encode() + b'\n')
            self._file.flush()
            os.fsync(self._file.fileno())
            self._current.clear()

    def pytest_unconfigure(self):
        """End."""
        self._file.close()

    def pytest_terminal_summary(self, terminalreporter):
        """Say again how much was known."""
        if self._earlier:
            terminalreporter.line(f'{self._earlier} of these cases ended in an earlier run')
