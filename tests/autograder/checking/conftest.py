"""Both links to student code: in this process, and over a socket to a child that holds it."""

import os
import socket

import pytest

from autograder.checking.caller import Answer, local_answer
from autograder.checking.servant import Servant
from autograder.checking.wire import DescriptorLink, serve


@pytest.fixture(params=["in this process", "over a descriptor"])
def answer(request):
    """Makes an answer out of a student's objects."""
    children = []

    def over_a_descriptor(*objects, **options):
        ours, theirs = socket.socketpair()
        child = os.fork()
        if child == 0:
            ours.close()
            try:
                serve(theirs, "check", Servant(objects))
            finally:
                os._exit(0)
        theirs.close()
        children.append((child, ours))
        link = DescriptorLink(ours, seconds=30)
        assert link.next_check(float("inf")) == "check"
        return Answer(link, **options)

    yield local_answer if request.param == "in this process" else over_a_descriptor
    for child, ours in children:
        ours.close()  # the child reads the end of the connection, and ends
        os.waitpid(child, 0)
