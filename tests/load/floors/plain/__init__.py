"""A plain Django page with 20 comments: what startproject gives, one query, one template loop.

The comments are the project's own, and so is the pool of connections.
"""
