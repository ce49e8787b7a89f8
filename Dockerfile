# Images of av_capture on ROS 2; doc/packaging.md says how to run them.
#
#   docker build -t av_capture .                       # what captures: no compiler
#   docker build -t av_capture:dev --target dev .      # to work on it, with the sources mounted
#
# DISTRO=kilted builds on another ROS 2.
ARG DISTRO=jazzy

FROM ros:${DISTRO}-ros-base AS dev
# What package.xml names, and what packs. Go fetches the toolchain of go.mod.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install --yes --no-install-recommends \
        dpkg-dev ffmpeg file g++ git golang-go libjpeg-dev libopencv-dev make pkg-config \
        pulseaudio-utils alsa-utils python3-colcon-common-extensions python3-numpy \
        "ros-${ROS_DISTRO}-diagnostic-msgs" "ros-${ROS_DISTRO}-std-srvs" \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /av_capture
CMD ["bash"]

FROM dev AS build
COPY . .
RUN . "/opt/ros/${ROS_DISTRO}/setup.sh" && make deb

FROM ros:${DISTRO}-ros-core AS run
COPY --from=build /av_capture/build/deb/*.deb /tmp/
# hadolint ignore=DL3008
RUN apt-get update && apt-get install --yes --no-install-recommends /tmp/*.deb \
    && rm -rf /var/lib/apt/lists/* /tmp/*.deb
# Logs, calibrations and recordings of any --user, who has no home here.
RUN install --directory --mode=1777 /data
ENV ROS_HOME=/data
# launch ends the nodes at SIGINT, and as an image's first process knows nothing of SIGTERM.
STOPSIGNAL SIGINT
# The image's entry point sources /opt/ros.
CMD ["ros2", "launch", "av_capture", "av_capture.launch.py"]
