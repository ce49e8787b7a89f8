"""The limits that the project has set itself, as far as they are measured here."""

import statistics

from measure import BLOCK


def limits(report):
    """Return the limits that were measured: title, limit, measured, met."""
    results = {section['title']: {case['name']: case['runs'] for case in section['cases']}
               for section in report['sections']}
    found = []
    for check in (lossless, latency, undisturbed, start, soon, idle, woken, film, lost, flat):
        found += check(results)
    return found + copying(report['go']) + callback(report['go']) + list(short(report))


def short(report):
    """Keep a quick run quick, where nothing else runs."""
    if report['kind'] == 'quick':
        yield verdict('a quick run', 'below 180 s', f"{report['seconds']:.0f} s",
                      report['seconds'] < 180)


def verdict(what, limit, measured, met):
    """Return one line."""
    return {'what': what, 'limit': limit, 'measured': measured, 'met': bool(met)}


def median(runs, key):
    """Return the median over runs that have the value, None without one."""
    values = [run[key] for run in runs if key in run]
    return statistics.median(values) if values else None


def lossless(results):
    """Best effort loses no image."""
    for name, runs in results.get('best effort, over size', {}).items():
        if name.endswith(', ours'):
            lost = [run['lost'] for run in runs]
            yield verdict(f'best effort at 30/s, {name}', 'nothing lost',
                          ', '.join(f'{x:.1f} %' for x in lost), max(lost) == 0)


def latency(results):
    """Images come sooner than on the default transport."""
    section = results.get('reliable, over size', {})
    for name, runs in section.items():
        size, _, transport = name.partition(', ')
        if transport != 'ours':
            continue
        ours, default = median(runs, 'p50'), median(section[f'{size}, default'], 'p50')
        if ours is not None and default is not None:
            yield verdict(f'latency p50, {size}, ours to default', 'below 1',
                          f'{ours:.2f} ms / {default:.2f} ms = {ours / default:.2f}',
                          ours < default)


def undisturbed(results):
    """Images do not delay sound."""
    section = results.get('sound', {})
    for name in ('ours', 'ours, preferred'):
        if name in section:
            alone = [run['p99'] for run in section[name]]
            spread = max(alone) - min(alone)
            beside = median(section[f'{name}, 1080p images beside it'], 'p99')
            shift = beside - statistics.median(alone)
            yield verdict(f"the camera at 1080p30 shifts the sound's p99, {name}",
                          'at most 3 times the spread without it',
                          f'{shift:.2f} ms, the spread of {len(alone)} runs is {spread:.2f} ms',
                          shift <= 3 * spread)


def start(results):
    """Start without libraries that nobody needs."""
    cases = results.get('start', {})
    if 'first image' in cases:
        spent = median(cases['first image'], 'start')
        yield verdict('CPU time to the first image of 640x480', 'below 350 ms', f'{spent:.0f} ms',
                      spent < 350)
        libraries = median(cases['--version'], 'libraries')
        yield verdict("libraries of the executable: ROS's, its middleware's, OpenCV's core and imgproc",
                      'at most 150', f'{libraries:.0f}', libraries <= 150)


def soon(results):
    """Sound comes within 2 ms of its block, where priorities are allowed."""
    for name, runs in results.get('sound', {}).items():
        if name.startswith('ours, preferred'):
            measured = median(runs, 'p99')
            yield verdict(f'latency p99 of sound, {name}', 'at most the block and 2 ms',
                          f'{measured:.2f} ms', measured <= 1000 * BLOCK + 2)


def idle(results):
    """Nobody subscribed: the executable."""
    for name, runs in results.get('nobody subscribes', {}).items():
        core, most = median(runs, 'core'), 1 if 'microphone' in name else 0.5
        yield verdict(f'nobody subscribes: {name}', f'below {most} % of a core',
                      f'{core:.2f} %', core < most)
        if name == 'microphone':
            count = median(runs, 'woken')
            yield verdict('nobody subscribes: wake-ups per block of 10 ms', 'at most 0.5',
                          f'{count:.2f}', count <= 0.5)


def woken(results):
    """Count who is woken for a block: doc/performance.md names them."""
    for name, runs in results.get('sound', {}).items():
        if name == 'ours':
            count = median(runs, 'woken')
            yield verdict('wake-ups per block of 10 ms, one subscriber', 'at most 6',
                          f'{count:.2f}', count <= 6)


def film(results):
    """Store a film as it comes."""
    for runs in results.get('a film of 1080p30', {}).values():
        core, ffmpeg = median(runs, 'core'), median(runs, 'ffmpeg')
        yield verdict('av_save --video copy at 1080p30, with its ffmpeg', 'below 5 % of a core',
                      f'{core:.2f} %, of it ffmpeg {ffmpeg:.2f} %', core < 5)


def lost(results):
    """Compare waiting for a sound system with its sound."""
    for runs in results.get('a lost sound system', {}).values():
        capturing, waiting = median(runs, 'capturing'), median(runs, 'waiting')
        yield verdict('waiting for a lost sound system, to its sound', 'below 0.5',
                      f'{waiting:.2f} % / {capturing:.2f} % of a core = {waiting / capturing:.2f}',
                      waiting < capturing / 2)


def flat(results):
    """Resident memory stays."""
    for name, runs in results.get('resident memory [MiB]', {}).items():
        over_time = [size for key, size in runs[0].items() if key.endswith(' min [MiB]')]
        yield verdict(f'resident memory from minute 1 to minute 10, {name}', 'within 5 MiB',
                      f'{over_time[0]:.1f} MiB, {over_time[-1]:.1f} MiB',
                      abs(over_time[-1] - over_time[0]) <= 5)


def named(go, prefix):
    """Return the benchmarks whose names begin so."""
    return [b for b in go if b['name'].startswith(prefix)]


def copying(go):
    """Compare with a plain type support."""
    return [verdict(f"publish() to a plain type support's, {b['name'].partition('/')[2]}",
                    'at most 0.5', f"{b['values']['ours-ms']:.2f} ms / "
                    f"{b['values']['plain-ms']:.2f} ms = {b['values']['ours/plain']:.2f}",
                    b['values']['ours/plain'] <= 0.5)
            for b in named(go, 'AgainstPlainTypeSupport/')]


def callback(go):
    """Check the sound system's callback, with a reader that takes each block."""
    return [verdict("a block through the sound system's callback", 'below 5 µs',
                    f"{b['values']['ns/op'] / 1000:.2f} µs", b['values']['ns/op'] < 5000)
            for b in named(go, 'Capture')]
