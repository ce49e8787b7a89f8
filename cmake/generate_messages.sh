#!/bin/sh
# Runs the generator of Go bindings.
#
#   generate_messages.sh GENERATOR FLAG...
set -eu

generator=$1
shift

# Upstream's generator refuses a distribution that is younger than itself,
# unless it is told not to; ours has no such flag.
if "$generator" generate --help 2>&1 | grep -q -e -ignore-ros-distro-mismatch; then
	set -- "$@" --ignore-ros-distro-mismatch
fi
exec "$generator" generate "$@"
