#!/usr/bin/env bash
# Prints the Go packages of the module in the current folder.
#
#   tools/test/packages.sh all     those that are written by hand
#   tools/test/packages.sh pure    of these, those that do without C
#   tools/test/packages.sh cgo     and those that need it
#
# GO is the command to ask. Go says itself what a package needs, so that no list
# is kept by hand.
set -euo pipefail

case ${1:-} in
all | pure | cgo) ;;
*)
	echo "usage: $0 all|pure|cgo" >&2
	exit 2
	;;
esac

go=${GO:-go}
cgo=$("$go" list -deps -f '{{if and .CgoFiles (not .Standard)}}{{.ImportPath}}{{end}}' ./...)
# A package of tests alone is judged by their imports.
"$go" list -f '{{.ImportPath}} {{join .Deps " "}}{{if not .GoFiles}} {{join .TestImports " "}}{{end}}' ./... |
	awk -v kind="$1" -v cgo="$cgo" '
		BEGIN { for (i = split(cgo, names, "\n"); i > 0; i--) is_cgo[names[i]] = 1 }
		/^av_capture\/src\/msgs\// { next }
		{
			found = "pure"
			for (i = 1; i <= NF; i++) if ($i in is_cgo) found = "cgo"
			if (kind == "all" || found == kind) print $1
		}'
