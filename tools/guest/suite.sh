#!/usr/bin/env bash
# In the guest: loads the virtual devices and runs the tests on them. Arguments
# go to pytest.
set -euo pipefail

modprobe vivid n_devs=1 node_types=0x1 num_inputs=1 input_types=0
modprobe snd-aloop pcm_substreams=1
export AV_CAPTURE_TEST_DEVICES=virtual
exec python3 -m pytest -p no:cacheprovider --tb=short --durations=0 --junit-xml=/out/junit.xml "$@"
