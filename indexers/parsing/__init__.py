"""Parsing of pages and files in a process of its own, with limits.

Hostile text may take for ever or fill the memory. A limit can be enforced only from outside: one
call of a parser or of a regular expression holds Python's lock until it returns, so no thread can
end it, and all others wait for it.
"""
