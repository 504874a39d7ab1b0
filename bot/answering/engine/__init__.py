"""The answer path in LlamaIndex's parts: retriever, postprocessors, synthesizers, engines.

Importing LlamaIndex takes a second. So nothing that other commands need may import this package.
"""
