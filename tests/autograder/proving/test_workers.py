"""A job that hangs or dies costs itself, and no other."""

import os
import time

from autograder.proving.workers import Failed, run_jobs


def test_lost_jobs_are_named_and_the_others_done():
    jobs = [(abs, (-1,)), (time.sleep, (60,)), (os._exit, (1,)), (int, ("three",)), (abs, (-5,))]
    first, hung, died, raised, last = run_jobs(jobs, processes=1, seconds=5)
    assert (first, last) == (1, 5)
    assert hung == Failed("no result within 5 s", lost=True)
    assert died == Failed("its process died", lost=True)
    assert raised.why.startswith("ValueError: invalid literal")
    assert not raised.lost
