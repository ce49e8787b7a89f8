"""
A camera and a sound card that can be unplugged, held, stalled and asked.

Each module uses one interface of Linux: V4L2's and ALSA's tools, /proc/asound, /sys or
the kernel's trace events. The package is independent of ROS and of the executable.
"""
