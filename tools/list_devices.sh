#!/usr/bin/env bash
# Prints the cameras and the microphones that are there.
set -euo pipefail

# shellcheck source=tools/environment.sh
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
exec "$top/install/av_capture/lib/av_capture/av_capture" --list-devices
