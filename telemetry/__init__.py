"""What the running product tells about itself: who a log line belongs to, and counts.

Lowest of all: everybody may use it, it knows nobody.
"""
