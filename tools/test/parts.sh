# shellcheck shell=bash
# Parts of a run of checks: named, timed, one after another or side by side. To be
# sourced by bash; sets tools, the folder of the scripts. summary is to be called at
# the end.

tools=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# No other ROS on this machine hears the tests, unless the caller chose so. Tests
# that choose a domain themselves take 40 to 79.
export ROS_DOMAIN_ID=${ROS_DOMAIN_ID:-$((1 + $$ % 39))}
export ROS_AUTOMATIC_DISCOVERY_RANGE=LOCALHOST
# The race detector has each program wait at its end, for a second if nobody says
# less, for races that are still to come: forty programs do.
export GORACE=${GORACE:-atexit_sleep_ms=100}
# The guest, which runs beside, sees these files: none of them changes.
export PYTHONDONTWRITEBYTECODE=1

notes=$(mktemp -d)
mkdir "$notes/running" "$notes/durations" "$notes/beside"
beside=()
trap 'rm -rf "$notes"; kill -- $signs "${beside[@]/#/-}" 2>/dev/null' EXIT

# Every minute it is said what runs. From a pipe of its own nothing ever comes:
# unlike a sleep this wait is the shell's, and ends with it.
exec {never}<> <(:)
while ! read -rt 60 -u "$never" && kill -0 $$ 2>/dev/null; do
	shopt -s nullglob
	names=("$notes"/running/*)
	printf -- '--- %d min: %s\n' $((SECONDS / 60)) "$(IFS=, && echo "${names[*]##*/}")"
done &
signs=$!

# part NAME COMMAND… runs a part and notes how it ended.
part() {
	run_part "$@"
	show_ended
}

# beside NAME COMMAND… runs a part beside those that follow. All that it prints is
# shown when it has ended and the part beside it has too.
beside() {
	# A process group of its own, so that all of it can be ended.
	set -m
	run_part "$@" </dev/null >"$notes/beside/$1" 2>&1 &
	set +m
	beside+=("$!")
	echo
	echo "=== $1: beside what follows"
}

# wait_beside waits for the parts that run beside.
wait_beside() {
	((${#beside[@]} == 0)) || wait "${beside[@]}"
	beside=()
	show_ended
}

run_part() {
	local name=$1 start=$SECONDS verdict=ok
	shift
	running=$name
	echo
	echo "=== $name"
	: >"$notes/running/$name"
	"$@" || verdict=FAILED
	rm "$notes/running/$name"
	printf '%-7s %s (%d s)\n' "$verdict" "$name" $((SECONDS - start)) >>"$notes/summary"
}

show_ended() {
	local file
	for file in "$notes"/beside/*; do
		if [[ -f $file && ! -e $notes/running/${file##*/} ]]; then
			cat "$file"
			rm "$file"
		fi
	done
}

# in_environment COMMAND… runs a command as a user would run it after sourcing.
in_environment() (
	# shellcheck source=tools/environment.sh
	. "$tools/environment.sh" && "$@"
)

# cgocheck COMMAND… does so with the checks on what Go hands to C.
cgocheck() {
	GOEXPERIMENT=cgocheck2 in_environment "$@"
}

# go_test MODULE KIND FLAG… tests the packages of a kind, two at a time: most of
# them wait most of the time.
go_test() {
	local module=$1 kind=$2 names
	shift 2
	cd "$module" || return
	names=$("$tools/test/packages.sh" "$kind") || return
	# Only what waits for ever takes an hour: it is shown where. Import paths have
	# no spaces.
	# shellcheck disable=SC2086
	go test -timeout=1h -p=2 -json "$@" $names |
		"$tools/test/go_results.py" "$notes/durations/$running.tsv"
}

# rclpy_test ARGUMENT… runs tests in Python. One that is not over after three
# minutes says where it is, one that is left out says why.
rclpy_test() {
	python3 -m pytest -p no:cacheprovider -v -rs -o faulthandler_timeout=180 \
		--junit-xml="$notes/durations/$running.xml" "$@"
}

# rclpy_test_by_two does so with two at a time: each has a ROS domain of its own.
# The first half of them and the second are begun at once; the half that ends
# first takes over from the other's end.
rclpy_test_by_two() {
	if python3 -c 'import xdist' 2>/dev/null; then
		rclpy_test --numprocesses=2 --dist=worksteal "$@"
	else
		echo "pytest-xdist is not installed (Debian's python3-pytest-xdist): one test at a time"
		rclpy_test "$@"
	fi
}

# summary shows how the parts ended, and fails if one failed.
summary() {
	local passed failed
	passed=$(grep -c '^ok' "$notes/summary")
	failed=$(grep -c '^FAILED' "$notes/summary")
	echo
	echo "=== summary"
	cat "$notes/summary"
	echo "$passed passed, $failed failed"
	((failed == 0))
}
