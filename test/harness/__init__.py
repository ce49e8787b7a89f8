"""
What the tests stand on: the executable as a user starts it, and clients.

Nothing here knows the executable's inside. It is started from where it is
installed, watched on its standard error, read through rclpy, and ended by a
signal. Everything waits for a condition with a deadline; nothing sleeps until
something has probably happened.
"""
