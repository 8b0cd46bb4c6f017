"""The steps from a lesson's source to a notebook, one a file: notebook in, new notebook out."""
