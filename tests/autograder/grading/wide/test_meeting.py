"""Who may grade: workers that are as we are, and whose notebooks cannot reach the cluster."""

import pytest

from autograder.grading.wide import versions
from autograder.grading.wide.cluster import _refusal

TCP, TLS = "tcp://10.0.0.5:4000", "tls://10.0.0.5:4000"


@pytest.fixture
def agreed():
    return versions.present(["00_start"])


@pytest.mark.parametrize(
    ("address", "off_network", "hides", "is_refused"),
    [(TCP, True, False, False), (TCP, False, True, True), (TLS, False, True, False), (TLS, False, False, True)],
)
def test_a_notebook_must_not_reach_the_ports_of_the_cluster(agreed, address, off_network, hides, is_refused):
    said = {"versions": agreed, "off_network": off_network, "hides": hides}
    refusal = _refusal(agreed, said, address)
    assert (refusal is not None) == is_refused
    if is_refused:
        assert refusal.startswith(f"the worker at {address} cannot keep notebooks from the network")


@pytest.mark.parametrize(
    ("changed", "difference"),
    [
        ({"numpy": "1.0"}, "has numpy 1.0, and this machine has "),
        ({"Python": "2.7"}, "has Python 2.7, and this machine has "),
        ({"code": {"the grader's code": "x"}}, "has another version of the grader's code than this machine"),
    ],
)
def test_what_differs_is_named(agreed, changed, difference):
    said = {"versions": {**agreed, **changed}, "off_network": True, "hides": True}
    assert _refusal(agreed, said, TCP).startswith(f"the worker at {TCP} {difference}")


def test_other_checks_are_named(agreed):
    theirs = {**agreed, "code": {**agreed["code"], "the checks of 00_start": "x"}}
    assert versions.difference(agreed, theirs) == "has another version of the checks of 00_start than this machine"
    assert versions.difference(agreed, agreed) is None
