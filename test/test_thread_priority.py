"""Sound goes before other work of the machine, as far as the system lets it."""

import os
import subprocess
import sys

from av_capture.msg import AudioData
from harness.deadline import until
from harness.parameters import camera, microphone
from harness.process import executable
from sensor_msgs.msg import Image

REAL_TIME = (os.SCHED_FIFO, os.SCHED_RR)
REFUSAL = (r'no real-time priority for sound, .*operation not permitted.*'
           r'/etc/security/limits.d .* or set thread_priority to 0')

# The command takes the right to a real-time priority away, from root too.
WITHOUT_RIGHT = ['prlimit', '--rtprio=0', *(
    ['setpriv', '--bounding-set=-sys_nice', '--inh-caps=-sys_nice'] if os.geteuid() == 0 else []),
    executable()]


# A middleware that starts threads in publishing: one for each priority with which it is
# called, and named for it.
STARTING = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

static void *stay(void *priority) {
	char name[16];
	snprintf(name, sizeof name, "started at %d", (int)(intptr_t)priority);
	pthread_setname_np(pthread_self(), name);
	for (;;) pause();
}

int rcl_publish(const void *publisher, const void *message, void *allocation) {
	static atomic_bool started[100];
	struct sched_param has;
	sched_getparam(0, &has);
	pthread_t thread;
	if (!atomic_exchange(&started[has.sched_priority], 1))
		pthread_create(&thread, NULL, stay, (void *)(intptr_t)has.sched_priority);
	int (*next)(const void *, const void *, void *) = dlsym(RTLD_NEXT, "rcl_publish");
	return next(publisher, message, allocation);
}
"""


def started(process):
    """Return the policies of the threads that such a middleware started, by their names."""
    found = {}
    for thread in os.listdir(f'/proc/{process.pid}/task'):
        try:
            with open(f'/proc/{process.pid}/task/{thread}/comm', encoding='utf-8') as comm:
                name = comm.read().strip()
            if name.startswith('started at '):
                found[name] = os.sched_getscheduler(int(thread))
        except (FileNotFoundError, ProcessLookupError):
            pass  # it has ended
    return found


def real_time(process):
    """Return the real-time priorities of a process's threads, of those that have one."""
    found = []
    for thread in os.listdir(f'/proc/{process.pid}/task'):
        try:
            if os.sched_getscheduler(int(thread)) & ~os.SCHED_RESET_ON_FORK in REAL_TIME:
                found.append(os.sched_getparam(int(thread)).sched_priority)
        except ProcessLookupError:
            pass  # it has ended
    return found


def allowed():
    """Return whether this user may have a real-time priority."""
    probe = 'import os; os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(9))'
    return subprocess.run([sys.executable, '-c', probe], stderr=subprocess.DEVNULL,
                          check=False).returncode == 0


def check(process, wanted, count):
    """Wait for so many threads of that priority, or for the word that there are none."""
    if allowed():
        until(lambda: real_time(process) == [wanted] * count,
              f'{count} threads of priority {wanted}', process)
        assert not process.lines(REFUSAL)
    else:
        process.wait_for_line(REFUSAL)
        assert real_time(process) == []


def test_synthetic_sound_goes_first(av_capture):
    process = av_capture(*microphone(source='synthetic'))
    process.wait_for_line('capturing from')
    check(process, 5, 1)  # who publishes, and makes the sound


def test_thread_of_the_sound_system_goes_first(av_capture, pulse):
    pulse.add_null_sink('mic')
    process = av_capture(*microphone(backend='pulseaudio', thread_priority=7),
                         environment=pulse.environment)
    process.wait_for_line('capturing from')
    check(process, 7, 2)  # the sound system's, and who publishes


def test_images_and_batches_do_not(av_capture, tmp_path):
    file = tmp_path / 'silence.wav'
    subprocess.run(['sox', '-n', '-r', '8000', file, 'trim', '0', '1'], check=True)
    process = av_capture(*camera(source='synthetic'))
    process.wait_for_line('capturing from')
    batch = av_capture(*microphone(source='file', device=file, realtime=False))
    batch.wait_for_line('as fast as its subscribers take it')
    for running in (process, batch):
        assert real_time(running) == []


def test_threads_that_the_middleware_starts_do_not(av_capture, listener, tmp_path):
    library = str(tmp_path / 'starting.so')
    subprocess.run(['cc', '-shared', '-fPIC', '-o', library, '-x', 'c', '-'],
                   input=STARTING, text=True, check=True)
    images = listener.subscribe(Image, '/camera/image_raw', depth=5)
    blocks = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture('--ros-args', '-p', 'source:=synthetic', '--',
                         environment={'LD_PRELOAD': library})
    images.wait(1, process)
    blocks.wait(1, process)
    # Sound has 5, and who publishes else meanwhile 4.
    names = {'started at 4', 'started at 5'} if allowed() else {'started at 0'}
    until(lambda: names <= started(process).keys(), f'threads {names}', process)
    assert set(started(process).values()) == {os.SCHED_OTHER}
    # And none that does it by itself.
    until(lambda: real_time(process) == ([5] if allowed() else []), 'sound alone', process)


def test_0_asks_for_none(av_capture):
    process = av_capture(*microphone(source='synthetic', thread_priority=0))
    process.wait_for_line('capturing from')
    assert real_time(process) == []
    assert not process.lines(REFUSAL)


def test_refusal_is_told_once_and_sound_comes_all_the_same(av_capture):
    process = av_capture(*microphone(source='synthetic'), command=WITHOUT_RIGHT)
    process.wait_for_line('capturing from')
    process.wait_for_line(REFUSAL)
    process.end()
    assert len(process.lines(REFUSAL)) == 1
