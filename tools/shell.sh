#!/usr/bin/env bash
# Starts a shell in the package's environment.
set -euo pipefail

# shellcheck source=tools/environment.sh
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
echo "shell: ROS 2 $ROS_DISTRO, av_capture and Go are in the environment; exit leaves it"
exec bash
