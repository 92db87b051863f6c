"""`make check-image`: what a build of the Dockerfile would hold, and whether it runs as it will have to."""
