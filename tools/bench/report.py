"""Tables of what was measured."""

import statistics

import history

UNITS = {'cpu': 'CPU [s/1000]', 'p50': 'p50 [ms]', 'p99': 'p99 [ms]', 'lost': 'lost [%]',
         'skipped': 'skipped [%]', 'first': 'first image [s]', 'core': 'core [%]',
         'wakeups': 'wake-ups [1/s]', 'woken': 'wake-ups per block of 10 ms',
         'capturing': 'capturing [% of a core]',
         'waiting': 'waiting [% of a core]', 'nodes': 'nodes [% of a core]',
         'server': 'av_view or the client [% of a core]', 'rate': 'rate [images/s]',
         'ffmpeg': 'of it ffmpeg [%]', 'start': 'CPU [ms]', 'bandwidth': 'Mbit/s'}


def row(*cells):
    """Return a row of a table in Markdown."""
    return '| ' + ' | '.join(cells) + ' |'


def table(head, rows):
    """Return a table in Markdown."""
    return '\n'.join([row(*head), '|' + '---|' * len(head), *(row(*cells) for cells in rows)])


def measured(section):
    """Return a section's medians, with the least and the most in brackets."""
    columns = list(dict.fromkeys(
        key for case in section['cases'] for run in case['runs'] for key in run))
    rows = []
    for case in section['cases']:
        failed = f" ({case['failed']} runs failed)" if case['failed'] else ''
        cells = [case['name'] + failed]
        cells += (spread([run[column] for run in case['runs'] if column in run])
                  for column in columns)
        rows.append(cells)
    return table(['', *(UNITS.get(c, c) for c in columns)], rows)


def benchmarks(found):
    """Return the tables of Go's benchmarks, one to a package."""
    parts = []
    for package in dict.fromkeys(b['package'] for b in found):
        mine = [b for b in found if b['package'] == package]
        units = list(dict.fromkeys(unit for b in mine for unit in b['values']))
        rows = [[b['name'], *(f"{b['values'][unit]:.4g}" if unit in b['values'] else ''
                              for unit in units)] for b in mine]
        parts.append(f'### {package}\n\n' + table(['', *units], rows))
    return parts


def compared(report, before):
    """Return the table of the ratios, beside those of an earlier run."""
    then = {ratio['name']: ratio['values'] for ratio in before['ratios']} if before else {}
    return table(['ratio', 'this run', 'the run before'],
                 [[ratio['name'], spread(ratio['values']), spread(then.get(ratio['name'], []))]
                  for ratio in report['ratios']])


def spread(values):
    """Return the median, with the least and the most in brackets."""
    if not values:
        return ''
    return f'{statistics.median(values):.2f}' + (
        f' ({min(values):.2f}–{max(values):.2f})' if len(values) > 1 else '')


def markdown(report, before=None):
    """Return the report as text: the ratios first, compared with an earlier run."""
    machine = report['machine']
    load = ' and '.join(f'{machine[when][0]:.1f}' for when in ('load before', 'load after'))
    parts = [
        '# Measurements', history.verdict(report, before),
        f"{report['date']}, commit {report['commit']}, {report['kind']} run of "
        f"{report['seconds']:.0f} s; {machine['processors']} processors ({machine['model']}), kernel "
        f"{machine['kernel']}, ROS 2 {machine['ros']}; load {load} before and after. Medians, with "
        'the least and the most in brackets.']
    if report['ratios']:
        parts += ['## Ratios', compared(report, before)]
    if report['limits']:
        parts += ['## Limits', table(
            ['', 'limit', 'measured', ''],
            [[m['what'], m['limit'], m['measured'], 'met' if m['met'] else '**not met**']
             for m in report['limits']])]
    for section in report['sections']:
        parts += [f"## {section['title']}", section['note'], measured(section)]
    if report['go']:
        parts += ["## Go's benchmarks", *benchmarks(report['go'])]
    return '\n\n'.join(parts) + '\n'
