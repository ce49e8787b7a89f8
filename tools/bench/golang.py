"""The output of go test -bench."""


def read(path):
    """Return the benchmarks in a file: package, name, and each unit with its value."""
    found, package = [], ''
    with open(path) as file:
        for line in file:
            words = line.split()
            if line.startswith('pkg: '):
                package = words[1]
            # Name, iterations, then pairs of a value and its unit.
            elif line.startswith('Benchmark') and len(words) >= 4 and words[1].isdigit():
                name, _, _ = words[0].rpartition('-')  # the processors' number
                found.append({
                    'package': package.replace('github.com/tiiuae/rclgo', 'rclgo')
                                      .removeprefix('av_capture/src/'),
                    'name': (name or words[0]).removeprefix('Benchmark'),
                    'values': {unit: float(value)
                               for value, unit in zip(words[2::2], words[3::2])},
                })
    return found
