"""What make bench calls worse than an earlier run."""

import copy
from pathlib import Path
import sys

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'tools/bench'))

import history

pytestmark = pytest.mark.check

RUN = {
    'kind': 'quick', 'date': '2026-01-02T03:04:05+00:00', 'commit': '1234567',
    'machine': {'model': 'a processor', 'processors': 2, 'ros': 'jazzy', 'load before': [0.1, 0, 0]},
    'ratios': [{'name': 'ours to theirs', 'values': [0.40, 0.50]}],
    'sections': [{'title': 'nobody', 'cases': [
        {'name': 'camera', 'runs': [{'wakeups': 100.0, 'core': 1.0}, {'wakeups': 110.0, 'core': 1.2}]}]}],
    'go': [{'name': 'Publish', 'values': {'allocs/op': 0.0, 'ns/op': 100.0}}],
}


def changed(change):
    """Return what is worse once a run has changed."""
    run = copy.deepcopy(RUN)
    change(run)
    return [name for name, _, _ in history.worse(run, RUN)]


def set_wakeups(*values):
    def change(run):
        run['sections'][0]['cases'][0]['runs'] = [{'wakeups': value, 'core': 1.0} for value in values]
    return change


@pytest.mark.parametrize(('change', 'worse'), [
    (lambda run: None, []),
    (lambda run: run['ratios'][0].update(values=[0.60, 0.65]), ['ours to theirs']),
    (lambda run: run['ratios'][0].update(values=[0.45, 0.90]), []),  # one turn as before
    (lambda run: run['ratios'][0].update(values=[0.10, 0.11]), []),  # better
    (set_wakeups(150.0, 160.0), ['nobody, camera: wakeups']),
    (set_wakeups(112.0, 113.0), []),  # too little
    (lambda run: run['go'][0]['values'].update({'allocs/op': 1.0}), ['Publish: allocs/op']),
    (lambda run: run['go'][0]['values'].update({'ns/op': 200.0}), ['Publish: ns/op']),
    (lambda run: (run['go'][0]['values'].update({'ns/op': 200.0}),
                  run['machine'].update({'load before': [5.0, 0, 0]})), []),  # times of a busy machine
    (lambda run: run['go'].append({'name': 'New', 'values': {'ns/op': 1.0}}), []),
])
def test_worse_is_what_lies_beyond_the_turns_before(change, worse):
    assert changed(change) == worse


def test_a_run_is_compared_with_the_last_of_its_kind_on_its_machine(tmp_path, monkeypatch):
    monkeypatch.setenv('AV_CAPTURE_BENCH', str(tmp_path))
    assert history.earlier(RUN) is None
    for day, different in enumerate(({}, {'commit': '7654321'}, {'kind': 'full'}, {
            'machine': {**RUN['machine'], 'model': 'another processor'}})):
        history.keep({**RUN, 'date': f'2026-01-0{day + 1}T00:00:00+00:00', **different})
    (tmp_path / '2026-01-09.json').write_text('{')  # cut off
    history.keep({key: value for key, value in RUN.items() if key != 'go'}
                 | {'date': '2026-01-08T00:00:00+00:00'})  # of another version of the program
    assert history.earlier(RUN)['commit'] == '7654321'
    assert history.earlier(RUN, '1234')['commit'] == '1234567'
    assert history.earlier(RUN, '1234567' + 33 * '0')['commit'] == '1234567'
    assert history.earlier(RUN, '9999') is None
    assert history.verdict(RUN, history.earlier(RUN)).startswith('Nothing worse than the run of 2026-01-02')
    assert history.verdict(RUN, None).startswith('No earlier quick run')
