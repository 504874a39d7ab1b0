"""Pages and files are parsed here in a process of their own, which has limits.

What others wrote may be made to take for ever or to fill the memory. A limit can be kept only
from outside: one call of a parser or of a regular expression holds Python's lock until it
returns, so no thread can end it, and all others wait for it.
"""
