#!/usr/bin/env bash
# In the guest: plugs in a camera and a sound card, and runs a command.
set -euo pipefail

# A webcam: inputs of type 0. Without more, vivid is a dozen other devices too. As
# options, so that a case that wants another camera of it names what differs.
mkdir -p /etc/modprobe.d
echo 'options vivid n_devs=1 node_types=0x1 num_inputs=1 input_types=0' >/etc/modprobe.d/vivid.conf
modprobe vivid
# One stream at a time, as sound cards have it.
modprobe snd-aloop pcm_substreams=1
exec "$@"
