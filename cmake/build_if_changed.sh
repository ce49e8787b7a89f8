#!/bin/sh
# Builds a Go command, and leaves the file alone when it stays the same, so that
# nothing that depends on it is made anew.
#
#   build_if_changed.sh GO MODULE PACKAGE FILE
set -eu

"$1" -C "$2" build -o "$4.new" "$3"
cmp -s "$4.new" "$4" || mv "$4.new" "$4"
