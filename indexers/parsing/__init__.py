"""Parsing of pages and files in a separate process, with limits.

Hostile text may take for ever or fill the memory. A limit can be enforced only from outside: a call
of a parser or of a regular expression holds Python's lock until it returns, so no thread can end
it, and all other threads wait for it.
"""
