"""The answer path: LlamaIndex's retriever, and the steps from what it finds to an answer.

retriever   question -> passages that its reader may read
pipeline    question -> answer, step by step
engines     the pipeline as LlamaIndex's query engine and chat engine
nodes       passages as LlamaIndex's nodes
events      what a trace is told

Importing LlamaIndex takes a second. So nothing that other commands need may import this package.
"""
