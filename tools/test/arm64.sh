#!/usr/bin/env bash
# Checks on a machine of another kind what robots with an arm64 would run: compiles all Go for
# it, with the C and C++ that it calls, and runs tests of pure Go under qemu-user.
#
# What needs libraries of arm64 is compiled and vetted but not linked: there are none here.
# To be run in the environment of tools/environment.sh.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

if [[ $(go env GOHOSTARCH) == arm64 ]]; then
	echo "arm64: this machine is one: all other parts ran on it"
	exit 0
fi

# Debian's qemu-user has been static since Debian 13, under the plain name.
missing=()
qemu=$(command -v qemu-aarch64-static || command -v qemu-aarch64) || missing+=(qemu-user-static)
for compiler in gcc g++; do
	command -v "aarch64-linux-gnu-$compiler" >/dev/null || missing+=("$compiler-aarch64-linux-gnu")
done
if ((${#missing[@]} > 0)); then
	echo "arm64: not installed, so that nothing was checked: ${missing[*]} (Debian packages)" >&2
	echo "arm64: without a ROS 2 of your own, tools/setup.sh test installs all of these" >&2
	exit 1
fi

# Run under emulation: what computes with samples, pixels, bytes and numbers in text, in which
# processors differ. Not what waits, listens or starts programs, where they do not.
computing=(
	acquire/synthetic
	acquire/wavfile
	calibration
	conversion
	dsp
	nut
	param
	skew
	wav
	yaml
)
# Of these not what takes longest: simulations and tables of figures.
skipped=(
	TestAveragesAreScipysWelch
	TestBehindIsTheDelayOfEveryBlock
	TestClapIsTimedToHalfAPeriod
	TestClickIsFoundAtItsFirstSample
	TestEveryRateFormatAndNumberOfChannelsIsConverted
	TestFrameNumberIsReadBackFromPixels
	TestFrameNumberSurvivesJPEG
	TestQualityOfRateConversion
	TestRatesWithoutASmallRatioAreConvertedAsWell
	TestSpectraAreScipys
	TestTransformsFollowTheirDefinition
)
skip="^($(IFS='|' && echo "${skipped[*]}"))\$"

failed=0
export GOARCH=arm64
cd "$top"
echo "arm64: go test, ${#computing[@]} packages of pure Go"
CGO_ENABLED=0 go test -timeout=1h -p=2 -exec="$qemu" -skip="$skip" \
	"${computing[@]/#/./src/internal/}" || failed=1

# The headers of ROS, OpenCV and libjpeg are those of this machine, behind the C library's own
# of arm64. Nothing is linked or run, and so nothing is optimized.
headers="-idirafter /usr/include -idirafter /usr/include/$(gcc -print-multiarch)"
export CGO_ENABLED=1 CC=aarch64-linux-gnu-gcc CXX=aarch64-linux-gnu-g++
export CGO_CFLAGS="${CGO_CFLAGS/-O2 -g/-O0} $headers" CGO_CXXFLAGS="${CGO_CXXFLAGS/-O2 -g/-O0} $headers" CGO_LDFLAGS=
for module in . src/rclgo; do
	cd "$top/$module"
	all=$(GOARCH=$(go env GOHOSTARCH) "$top/tools/test/packages.sh" all)
	mapfile -t names <<<"$all"
	echo "arm64: go vet, ${#names[@]} packages in $module"
	go vet "${names[@]}" || failed=1
done
exit "$failed"
