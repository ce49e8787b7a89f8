#!/usr/bin/env bash
# Gives every parser random input: fuzz.sh [TIME [NAME]] runs each fuzz test, or
# those whose name has NAME in it, for TIME (30s, 10m) one after the other, and
# shows how it goes. An input that fails is kept in testdata/fuzz of the test's package, where
# go test finds it from then on.
#
# fuzz.sh short is what make test runs: 1000 inputs for each, two at a time. A count
# ends where it should on a busy machine too; of a time, Go before 1.27 makes a
# failure now and then (golang/go#75804). Nothing is compiled anew for it, so inputs
# are changed at random and not by what they reach. So are those of packages with
# OpenCV and miniaudio always, whose C code would take minutes.
set -uo pipefail

tools=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$tools/.." || exit 1
# shellcheck source=tools/environment.sh
. "$tools/environment.sh"

duration=${1:-1m}
wanted=${2:-}
top=$PWD
binaries=$top/build/fuzz
mkdir -p "$binaries"

# tests prints the fuzz tests, each with the module and the folder in it.
tests() {
	grep -rHoE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*' src |
		sed -E 's,^(.*)/[^/]*:func (Fuzz.*),. \1 \2,; s,^\. src/rclgo/,src/rclgo ,' |
		sort
}

# binary MODULE FOLDER prints where the tests of a folder are compiled to.
binary() { echo "$binaries/$(tr -c 'A-Za-z0-9\n' _ <<<"$1/$2").test"; }

# compile [-fuzz=.] compiles the tests of every folder on standard input, with that
# flag so that they see what an input reaches.
compile() {
	local module folder flags
	while read -r module folder; do
		flags=("$@")
		(cd "$module" && go list -deps -test "./$folder") | grep -qE '/(gocv|malgo)$' && flags=()
		(cd "$module" && go test -c -o "$(binary "$module" "$folder")" ${flags[@]+"${flags[@]}"} "./$folder") || return
	done
}

# run MODULE FOLDER NAME TIME CACHE PARALLEL runs a fuzz test in its folder.
run() {
	cd "$top/$1/$2" && "$(binary "$1" "$2")" -test.run='^$' -test.fuzz="^$3\$" \
		-test.fuzztime="$4" -test.fuzzminimizetime=1s -test.fuzzcachedir="$5" -test.parallel="$6"
}

# brief MODULE FOLDER NAME runs a fuzz test for a moment and prints a line.
brief() {
	local log
	log=$(timeout 300 bash -c "$(declare -f binary run); top='$top' binaries='$binaries'; run '$1' '$2' '$3' 1000x '$cache' 1" 2>&1)
	case $? in
	0) printf 'ok      %s %s%s\n' "$2" "$3" "$(sed -n 's/.*\(, execs: [0-9]*\).*/\1/p' <<<"$log" | tail -1)" ;;
	*) printf 'FAILED  %s %s\n%s\n' "$2" "$3" "$log" && return 1 ;;
	esac
}

list=$(tests | grep -F -- "$wanted") || {
	echo "fuzz: no fuzz test has \"$wanted\" in its name" >&2
	exit 1
}
failed=0
if [[ $duration == short ]]; then
	cache=$(mktemp -d)
	trap 'rm -rf "$cache"' EXIT
	compile < <(cut -d' ' -f1,2 <<<"$list" | uniq) || exit 1
	while read -r module folder name; do
		while (($(jobs -rp | wc -l) >= 2)); do
			wait -n || failed=1
		done
		brief "$module" "$folder" "$name" &
	done <<<"$list"
	while (($(jobs -p | wc -l) > 0)); do
		wait -n || failed=1
	done
	exit "$failed"
fi

compile -fuzz=. < <(cut -d' ' -f1,2 <<<"$list" | uniq) || exit 1
cache=$(go env GOCACHE)/fuzz
while read -r module folder name; do
	echo
	echo "=== $folder $name"
	kept=$module/$folder/testdata/fuzz/$name
	before=$(ls "$kept" 2>/dev/null)
	(run "$module" "$folder" "$name" "$duration" "$cache/$module/$folder" "$(nproc)") 2>&1 | tee "$binaries/log" || {
		# Go's own failure, see above: the time was over, and nothing has failed.
		[[ $before == "$(ls "$kept" 2>/dev/null)" ]] && grep -qx ' *context deadline exceeded' "$binaries/log" && continue
		echo "FAILED: what it failed for is in $kept; commit it with what mends it"
		failed=1
	}
done <<<"$list"
exit "$failed"
