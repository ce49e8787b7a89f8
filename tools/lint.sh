#!/usr/bin/env bash
# Looks for mistakes without running anything: gofmt, go vet and staticcheck on
# both Go modules, shellcheck on the scripts. Says all it finds, then fails.
set -euo pipefail

# shellcheck source=tools/environment.sh
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
cd "$top"
failed=0

echo "lint: gofmt"
unformatted=$(find src -name '*.go' -not -path 'src/msgs/*' -exec gofmt -l {} +)
if [[ -n $unformatted ]]; then
	echo "not as gofmt writes them:" "$unformatted" >&2
	failed=1
fi

# Its version is pinned in a module of its own, so that none of it appears in
# go.mod. The flags for cgo are not for it.
staticcheck=$top/build/staticcheck
env --unset=GOFLAGS --unset=CGO_CFLAGS --unset=CGO_LDFLAGS \
	go -C tools/lint build -o "$staticcheck" honnef.co/go/tools/cmd/staticcheck

for module in . src/rclgo; do
	cd "$top/$module"
	mapfile -t packages < <(go list ./... | grep -v /src/msgs/)
	echo "lint: go vet, ${#packages[@]} packages in $module"
	go vet "${packages[@]}" || failed=1
	echo "lint: staticcheck, ${#packages[@]} packages in $module"
	"$staticcheck" "${packages[@]}" || failed=1
done

cd "$top"
if command -v shellcheck >/dev/null; then
	echo "lint: shellcheck"
	mapfile -t scripts < <(git ls-files '*.sh' .ci/run)
	shellcheck --external-sources "${scripts[@]}" || failed=1
else
	echo "lint: shellcheck is not installed: scripts are not checked"
fi

exit "$failed"
