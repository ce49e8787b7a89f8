"""What was measured in turns in one run, as ratios: they carry to other machines and loads."""


def ratios(report):
    """Return the ratios that were measured: name, and one value for each turn."""
    results = {section['title']: {case['name']: case['runs'] for case in section['cases']}
               for section in report['sections']}
    found = []
    for compare in (transports, subscribers, scales, pages, videos, waiting, sounds):
        found += compare(results)
    return [{'name': name, 'values': values}
            for name, values in found + benchmarks(report['go']) if values]


def quotients(over, under, key):
    """Return the quotients of a quantity of two cases, one for each turn that has both."""
    return [a[key] / b[key] for a, b in zip(over, under) if key in a and b.get(key)]


def transports(results):
    """Compare our transport with the default one, in latency and in the publisher's CPU time."""
    for section in ('reliable, over size', 'best effort, over size'):
        cases = results.get(section, {})
        for name, runs in cases.items():
            size, _, transport = name.partition(', ')
            if transport == 'ours' and f'{size}, default' in cases:
                default = cases[f'{size}, default']
                for key, word in (('p50', 'latency p50'), ('cpu', 'CPU time')):
                    yield (f"{word} to the default transport's, {section.split(',')[0]}, {size}",
                           quotients(runs, default, key))


def subscribers(results):
    """Compare the CPU time of an image for many subscribers with that for one."""
    cases = results.get('1920x1080, over subscribers', {})
    for name, runs in cases.items():
        if '1 subscribers' in cases and name != '1 subscribers':
            yield (f'CPU time for {name} to that for one, 1920x1080',
                   quotients(runs, cases['1 subscribers'], 'cpu'))


def scales(results):
    """Compare the CPU time of an image or a block of many with that of one."""
    for title in ('cameras of 640x480', 'subscribers of 640x480', 'sound, over channels and rate'):
        cases = results.get(title, {})
        one = next((runs for name, runs in cases.items() if name.startswith('1 ')), [])
        for name, runs in cases.items():
            if not name.startswith('1 '):
                yield f'CPU time to that of one, {title}, {name}', quotients(runs, one, 'cpu')


def pages(results):
    """Compare av_view with a server that makes a JPEG of each image."""
    cases = results.get('a page', {})
    for name, runs in cases.items():
        size, _, what = name.partition(', ')
        if what == 'a page':
            yield (f"av_view's CPU time to a JPEG per image, {size}",
                   quotients(runs, cases[f'{size}, a JPEG per image'], 'server'))


def videos(results):
    """Compare H.264 with JPEG."""
    cases = results.get('video, 1080p30', {})
    for key, word in (('bandwidth', 'bandwidth'), ('p50', 'latency p50'), ('core', 'CPU time')):
        if 'H.264' in cases:
            yield (f"{word} of H.264 to JPEG's, 1080p30",
                   quotients(cases['H.264'], cases['JPEG'], key))


def waiting(results):
    """Compare waiting for a sound system with its sound."""
    for runs in results.get('a lost sound system', {}).values():
        yield 'CPU time of waiting for a lost sound system to its sound', quotients(
            runs, [{'waiting': run['capturing']} for run in runs], 'waiting')


def sounds(results):
    """Compare the latency of sound beside images with that alone."""
    cases = results.get('sound', {})
    for name, runs in cases.items():
        if beside := cases.get(f'{name}, 1080p images beside it'):
            yield (f"latency p99 of sound beside 1080p30 to sound's alone, {name}",
                   quotients(beside, runs, 'p99'))


NAMES = {'ours/tjbench': "JPEG encoding to tjbench's",
         'ours/plain': "publish() to a plain type support's",
         'of_scipy_each': "CPU time to SciPy's, a block at a time",
         'of_scipy_batch': "CPU time to SciPy's, all at once"}


def benchmarks(go):
    """Return the ratios among the values of Go's benchmarks."""
    return [(f"{NAMES[unit]}, {b['name'].rpartition('/')[2]}", [value])
            for b in go for unit, value in b['values'].items() if unit in NAMES]
