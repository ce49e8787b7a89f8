#!/usr/bin/env bash
# Looks for mistakes without running anything, says all it finds, then fails.
#
#   tools/lint.sh          gofmt, ruff, shellcheck, and go vet and staticcheck on
#                          both Go modules
#   tools/lint.sh quick    gofmt, ruff and go vet
set -euo pipefail

# shellcheck source=tools/environment.sh
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
cd "$top"
quick=
case ${1:-} in
'') ;;
quick) quick=yes ;;
*)
	echo "usage: $0 [quick]" >&2
	exit 2
	;;
esac
failed=0
missing=()

echo "lint: gofmt"
unformatted=$(find examples src test tools -name '*.go' -not -path 'src/msgs/*' -not -path '*/vendor/*' -exec gofmt -l {} +)
if [[ -n $unformatted ]]; then
	echo "not as gofmt writes them:" "$unformatted" >&2
	failed=1
fi

if command -v ruff >/dev/null; then
	echo "lint: ruff"
	ruff check --quiet --no-cache . || failed=1
else
	missing+=("ruff (of that name at PyPI)")
fi

if [[ -n $quick ]]; then
	:
elif command -v shellcheck >/dev/null; then
	echo "lint: shellcheck"
	mapfile -t scripts < <(git ls-files '*.sh' .ci/run)
	shellcheck --external-sources "${scripts[@]}" || failed=1
else
	missing+=("shellcheck (a Debian package)")
fi

# Its version is pinned in a module of its own, so that none of it appears in
# go.mod. The flags for cgo are not for it.
staticcheck=$top/build/staticcheck
[[ -n $quick ]] || env --unset=GOFLAGS --unset=CGO_CFLAGS --unset=CGO_LDFLAGS \
	go -C tools/lint build -o "$staticcheck" honnef.co/go/tools/cmd/staticcheck

for module in . src/rclgo; do
	cd "$top/$module"
	names=$("$top/tools/test/packages.sh" all)
	mapfile -t packages <<<"$names"
	echo "lint: go vet, ${#packages[@]} packages in $module"
	go vet "${packages[@]}" || failed=1
	if [[ $module == . && ${GOFLAGS:-} == *,*_msgs* ]]; then
		echo "lint: go vet, without the messages of others"
		without=$GOFLAGS
		for interfaces in "$top"/test/interfaces/*/; do
			without=${without//,$(basename "$interfaces")/}
		done
		GOFLAGS=$without go vet "${packages[@]}" || failed=1
	fi
	if [[ -z $quick ]]; then
		echo "lint: staticcheck, ${#packages[@]} packages in $module"
		"$staticcheck" "${packages[@]}" || failed=1
	fi
done

if ((${#missing[@]} > 0)); then
	((failed)) || echo "lint: nothing is wrong with what was checked" >&2
	printf 'lint: not installed, so that not everything was checked: %s\n' "${missing[@]}" >&2
	echo "lint: without a ROS 2 of your own, tools/setup.sh test installs all of these" >&2
	failed=1
fi
exit "$failed"
