#!/usr/bin/env bash
# Runs the Go benchmarks, with allocations, then measures the installed
# executable through rclpy, on the default transport and on ours. Writes
# build/bench/report.md, .json and .png: the ratios first, and what is worse than in
# the last run of the same kind on this machine, which .bench holds. Arguments are
# quick (less than three minutes instead of thirty), memory (resident memory over ten
# minutes, and nothing else), scale (many cameras, subscribers and channels, and nothing
# else), against=COMMIT (compares with the last run of that commit),
# capture (the processor time from a V4L2 driver to emit for each image, in the guest,
# whose clock counts instructions, and nothing else), devices (the instructions for an
# image, from a V4L2 driver to the end of publish, of our node and of the other camera
# drivers that the environment has: TURNS=1 times, CASES= of a regular expression)
# and stamps (the error of sound's stamps, simulated and over MINUTES=5 with
# PulseAudio, as stamps.png, and nothing else).
set -euo pipefail

# shellcheck source=tools/environment.sh
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
cd "$top"
export ROS_AUTOMATIC_DISCOVERY_RANGE=LOCALHOST
export PYTHONPATH=$top/test${PYTHONPATH:+:$PYTHONPATH} # the harness of the tests
folder=$top/build/bench
mkdir -p "$folder"

# plot draws. Its libraries are pinned in a module of its own, as the linter's are;
# the flags for cgo are not for it.
plot() {
	env --unset=GOFLAGS --unset=CGO_CFLAGS --unset=CGO_LDFLAGS go -C tools/plot run . "$@"
}

# go_benchmarks TIME PATTERN measures each benchmark of the packages whose paths
# match for so long. Messages go over our transport, as the executable's do.
go_benchmarks() (
	case $ROS_DISTRO in
	jazzy) export FASTRTPS_DEFAULT_PROFILES_FILE=$top/config/fastdds.xml ;;
	*) export FASTDDS_DEFAULT_PROFILES_FILE=$top/config/fastdds.xml ;;
	esac
	for module in "$top" "$top/src/rclgo"; do
		cd "$module"
		mapfile -t packages < <(go list ./... | grep -v /src/msgs/ | grep "$2")
		((${#packages[@]} == 0)) ||
			go test -run '^$' -bench . -benchmem -benchtime "$1" -p 1 "${packages[@]}"
	done
)

case " $* " in
*' memory '*)
	python3 tools/bench --folder "$folder/memory" "$@"
	exit
	;;
*' scale '*)
	go build -o build/bench/receiver ./tools/bench/receiver
	python3 tools/bench --folder "$folder/scale" "$@"
	exit
	;;
*' stamps '*)
	go test ./src/internal/clock -run Traces -count=1 -args -traces "$folder/simulated.csv"
	python3 tools/bench/stamps.py "$folder/measured.csv" "${MINUTES:-5}" | tee "$folder/stamps.txt"
	plot stamps "$folder/simulated.csv" "$folder/measured.csv" "$folder/stamps.png"
	exit
	;;
*' capture '*)
	tools/guest/build.sh
	go test -c -o build/v4l2.test ./src/internal/acquire/v4l2
	for size in 640x480 1920x1080; do
		ffmpeg -v error -y -f lavfi -i "testsrc2=size=$size" -frames:v 1 -q:v 4 -pix_fmt yuvj422p "$folder/$size.jpg"
	done
	tools/guest/run.sh "$folder/guest" tools/guest/plug.sh \
		python3 tools/bench/capture.py build/v4l2.test "$folder" | tee "$folder/capture.txt"
	exit
	;;
*' devices '*)
	tools/guest/build.sh
	mkdir -p "$folder/devices"
	# Muted colours and noise, as a webcam's images have them. What converts them may take
	# another way for what is out of range.
	for size in 640x480 1920x1080; do
		for format in 'YUYV -pix_fmt yuyv422 -f rawvideo' 'MJPG -q:v 4 -pix_fmt yuvj422p -f mjpeg'; do
			read -r name options <<<"$format"
			# shellcheck disable=SC2086
			ffmpeg -v error -y -f lavfi -i "testsrc2=size=$size,eq=saturation=0.4,noise=alls=6" \
				-frames:v 1 $options "$folder/devices/$size.$name"
		done
	done
	tools/guest/run.sh "$folder/devices/out" tools/guest/plug.sh \
		python3 tools/bench/devices.py "$folder/devices" /out "${TURNS:-1}" "${CASES:-}"
	exit
	;;
*' quick '*) chosen=(100ms '/node\|/soundsystem$') ;;
*) chosen=(500ms .) ;;
esac
go build -o build/bench/ ./tools/bench/jpegs ./tools/bench/receiver
failed=0 SECONDS=0
read -r -a load < <(cut -d ' ' -f 1-3 /proc/loadavg)
go_benchmarks "${chosen[@]}" | tee "$folder/go.txt" | grep --line-buffered -E '^(Benchmark|FAIL|panic|---)' || failed=1
python3 tools/bench --folder "$folder" --go "$folder/go.txt" --seconds "$SECONDS" \
	--load "${load[@]}" -- "$@"

plot "$folder/report.json" "$folder/report.png"
((failed == 0)) || echo "bench: some of Go's benchmarks failed, see $folder/go.txt" >&2
exit "$failed"
