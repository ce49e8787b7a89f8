"""
A camera and a sound card that can be unplugged, held, stalled and asked.

Each module knows one of Linux's own ways to do so: V4L2's and ALSA's tools,
/proc/asound, /sys and the kernel's trace events. Nothing here knows ROS or the
executable.
"""
