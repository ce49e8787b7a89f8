"""
Helpers of the tests: the installed executable as a user starts it, and clients.

Tests treat the executable as a black box: they start it, read its output, subscribe with
rclpy, and end it by a signal. They wait for conditions with a deadline, and never sleep
until something has probably happened.
"""
