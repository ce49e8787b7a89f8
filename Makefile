# What to do with av_capture, each by a script that can be read and called alone.
# DISTRO=kilted chooses another ROS 2 than jazzy where none is sourced.

export DISTRO ?= jazzy

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST)

setup: ## install what is missing (Debian packages by apt-get, the rest into .deps)
	@tools/setup.sh

build: setup ## build the package into install/
	@tools/build.sh

run: build ## capture and show it; more arguments: make run ARGS="--nodes camera"
	@tools/run.sh $(ARGS)

devices: build ## list the cameras and microphones that are there
	@tools/list_devices.sh

check: build ## the small loop: format, vet, pure Go and a handful of tests of the executables
	@tools/check.sh

test: ## build, lint and run every test
	@tools/test.sh

test-devices: build ## test on a camera and a sound card: virtual ones, or DEVICES=real
	@tools/devices.sh

fuzz: build ## give every parser random input for a minute each; longer: make fuzz ARGS="10m FuzzParse"
	@tools/fuzz.sh $(ARGS)

lint: build ## look for mistakes without running anything
	@tools/lint.sh

bench: build ## measure; a short run: make bench ARGS=quick
	@tools/bench.sh $(ARGS)

shell: build ## a shell in which ros2, python3 and go know the package
	@tools/shell.sh

vendor: build ## copy the Go modules into vendor/, to build without a network
	@tools/vendor.sh

deb: export WITHOUT_INTERFACES = yes # those of tests are in no package
deb: build ## pack it for machines with this system and this ROS 2, into build/deb
	@tools/deb.sh

unvendor: ## remove them: Go takes modules from its cache and src/rclgo again
	rm -rf vendor src/rclgo/vendor

clean: ## remove what the build made
	rm -rf build install log

distclean: clean unvendor ## remove the local ROS 2, Go, the generated bindings and the history of make bench too
	rm -rf .deps .bench src/msgs

.PHONY: help setup build run devices check test test-devices fuzz lint bench shell vendor deb unvendor clean distclean
