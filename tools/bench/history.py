"""
Earlier runs on this machine, and what has become worse since one of them.

Each run is a JSON file in .bench, outside git and untouched by make clean, or in the
folder that AV_CAPTURE_BENCH names, for several checkouts to share.
"""

import json
import os
from pathlib import Path
import statistics

KEPT = 100  # runs

# How much more than in the earlier run is worse: the factor, and the least difference.
# Times are compared only where both runs began on a quiet machine.
TOLERANCES = {'ratio': (1.2, 0.05), 'count': (1.1, 1.0), 'time': (1.3, 0.05)}
COUNTS = {'wakeups': 5.0, 'wakeups/s': 5.0, 'lost': 0.5, 'allocs/op': 1.0, 'B/op': 64.0,
          'libraries': 1.0, 'relocations': 1000.0}  # and their least difference
IGNORED = {'rate', 'skipped', 'MB', 'MB/s', 'first'}  # more is no worse, or tells of the machine


def folder():
    """Return where the runs are."""
    return Path(os.environ.get('AV_CAPTURE_BENCH')
                or Path(__file__).resolve().parents[2] / '.bench')


def machine(report):
    """Return what has to be the same for figures to be compared."""
    return [report['machine'].get(key) for key in ('model', 'processors', 'ros')]


def earlier(report, commit=None):
    """Return the newest run of this kind on this machine, of a commit if one is given, or None."""
    for path in sorted(folder().glob('*.json'), reverse=True):
        try:
            run = json.loads(path.read_text())
            if (run['kind'] == report['kind'] and machine(run) == machine(report)
                    and (commit is None or same(run['commit'], commit))):
                worse(run, run)  # of another version of this program, it may lack what that takes
                return run
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            continue  # such a one, or cut off
    return None


def same(kept, commit):
    """Return whether a commit, of any length, is the one of a run."""
    kept = kept.removesuffix('-dirty')
    return kept.startswith(commit) or commit.startswith(kept)


def keep(report):
    """Write a run, and delete the oldest ones."""
    folder().mkdir(parents=True, exist_ok=True)
    name = report['date'].replace(':', '') + f"-{report['kind']}-{report['commit']}.json"
    (folder() / name).write_text(json.dumps(report, indent=1))
    for path in sorted(folder().glob('*.json'))[:-KEPT]:
        path.unlink()


def figures(report):
    """Return all figures by name: kind, least difference that tells, values of the turns."""
    found = {ratio['name']: ('ratio', TOLERANCES['ratio'][1], ratio['values'])
             for ratio in report['ratios']}

    def add(name, unit, values):
        if unit in COUNTS or unit.endswith('[MiB]'):
            found[f'{name}: {unit}'] = ('count', COUNTS.get(unit, 2.0), values)
        elif unit not in IGNORED and '/plain' not in unit and not unit.startswith('of_'):
            found[f'{name}: {unit}'] = ('time', TOLERANCES['time'][1] * min(values), values)

    for section in report['sections']:
        for case in section['cases']:
            for key in dict.fromkeys(key for run in case['runs'] for key in run):
                add(f"{section['title']}, {case['name']}", key,
                    [run[key] for run in case['runs'] if key in run])
    for benchmark in report['go']:
        for unit, value in benchmark['values'].items():
            add(benchmark['name'], unit, [value])
    return found


def quiet(report):
    """Return whether a run began with most of the processors free."""
    return report['machine']['load before'][0] <= report['machine']['processors'] / 2


def worse(report, before):
    """
    Return what has become worse since a run: name, before, now, the worst first.

    The medians differ by more than the tolerance, and no turn of the one lies among those
    of the other.
    """
    then, found = figures(before), []
    timed = quiet(report) and quiet(before)
    for name, (kind, least, values) in figures(report).items():
        if name not in then or (kind == 'time' and not timed):
            continue
        old, new = statistics.median(then[name][2]), statistics.median(values)
        if (new > old * TOLERANCES[kind][0] and new - old >= least
                and min(values) > max(then[name][2])):
            found.append((name, old, new))
    return sorted(found, key=lambda one: one[2] / one[1] if one[1] else float('inf'), reverse=True)


def verdict(report, before):
    """Return in one line what has become worse."""
    if before is None:
        return f"No earlier {report['kind']} run on this machine to compare with."
    load = before['machine']['load before'][0]
    run = f"the run of {before['date']} at commit {before['commit']} (load {load:.1f})"
    left_out = '' if quiet(report) and quiet(before) else (
        '; ratios and counts alone were compared, since a run began on a busy machine')
    if found := worse(report, before):
        told = '; '.join(f'{name} {new:.3g}, was {old:.3g}' for name, old, new in found)
        return f'Worse than {run}: {told}{left_out}.'
    return f'Nothing worse than {run}{left_out}.'
