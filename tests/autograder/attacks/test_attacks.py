"""No attack earns a point, harms another submission or outlives its notebook; each succeeds without what stops it."""

import importlib
import re
from dataclasses import replace
from pathlib import Path

import pytest
from nbgrader.utils import determine_grade

from autograder.checking.caller import local_answer
from autograder.checking.exercise import Rule
from autograder.checking.judge import judge
from autograder.kernel.protection import IN_SIGHT
from tests.autograder.attacks.conftest import CONVOLUTION, GOOD, START, processes_named
from tests.autograder.attacks.corpus import ATTACKS, attack
from tests.autograder.attacks.corpus.attack import PROOF
from tests.autograder.attacks.corpus.resources import TOKEN
from tests.autograder.attacks.corpus.rules import BLINDED, DISGUISES
from tests.autograder.attacks.peers import NOTHING, check_of, shown_in

pytestmark = pytest.mark.sandbox


@pytest.mark.parametrize("name", ATTACKS)
def test_attack_earns_nothing(name, guarded):
    check = guarded.cells(name)["double-check"]
    assert check["points"] == ATTACKS[name].due
    assert re.search(ATTACKS[name].reason, check["reason"])
    assert check["max"] == 1
    assert PROOF not in shown_in(guarded.autograded(name))


def test_nobody_else_is_harmed(guarded):
    assert {student: guarded.rows[student, START]["score"] for student in GOOD} == dict.fromkeys(GOOD, 1)
    assert {guarded.rows[student, START]["state"] for student in GOOD} == {"graded"}
    assert {row["state"] for row in guarded.rows.values()} <= {"graded", "needs a human eye"}
    assert len(guarded.rows) == len(ATTACKS) + len(GOOD)


def test_nothing_outlives_its_notebook(guarded, surroundings):
    assert not guarded.alive
    assert not guarded.left
    assert not processes_named(TOKEN)
    assert [path.name for path in surroundings["TMP"].iterdir()] == ["server"]
    assert not Path("/dev/shm/left-behind").exists()


@pytest.fixture
def succeeds(peers, request, monkeypatch):
    """Whether an attack succeeds where what stops it is missing; there is a way for every kind."""

    def unguarded(one):
        made = request.getfixturevalue("unguarded")
        return PROOF in shown_in(made.autograded(one.name)) or made.cells(one.name)["double-check"]["points"] == 1

    def shown_here(one):
        guarded = request.getfixturevalue("guarded")
        return determine_grade(check_of(guarded.autograded(one.name)))[0] == 1

    def in_one_process(one):
        others = [each for each in ATTACKS.values() if each.without == attack.ONE_PROCESS]
        return peers.spoils_one_process(one, [NOTHING, *others])

    ways = {
        attack.LAYERS: unguarded,
        attack.STOCK: peers.fools_stock,
        attack.ASSERTS: lambda one: peers.fools_stock(one, one.fools),
        attack.OUTPUT: shown_here,
        attack.UNSCORED: peers.ends_stock,
        attack.TRUSTING: peers.fools_the_trusting,
        attack.ANYWHERE: peers.fools_those_who_look_anywhere,
        attack.CLIENT: peers.fools_readers_of_outputs,
        attack.WAITING: peers.keeps_clients_waiting,
        attack.ONE_PROCESS: in_one_process,
        attack.PLAIN: lambda one: peers.spoils_plain_kernels(one, monkeypatch, processes_named),
        attack.MACHINE: peers.kills_neighbours,
    }
    return lambda one, without: ways[without](one)


@pytest.mark.parametrize("name", ATTACKS)
def test_attack_succeeds_without_what_stops_it(name, succeeds):
    assert succeeds(ATTACKS[name], ATTACKS[name].without)


@pytest.mark.parametrize("without", sorted({one.without for one in ATTACKS.values()} - {attack.LAYERS, attack.OUTPUT}))
def test_a_wrong_answer_alone_succeeds_nowhere(without, succeeds):
    fooled = sorted({one.fools for one in ATTACKS.values() if one.fools}) if without == attack.ASSERTS else [None]
    assert not any(succeeds(replace(NOTHING, fools=check), without) for check in fooled)


def test_a_wrong_answer_alone_succeeds_neither_without_layers(unguarded):
    assert unguarded.cells("nothing")["double-check"]["points"] == 0
    assert PROOF not in shown_in(unguarded.autograded("nothing"))


def test_it_is_said_where_nothing_hides_the_exercises(bending, unguarded):
    assert IN_SIGHT in unguarded.rows["nothing", START]["notes"]
    assert not any(IN_SIGHT in row["notes"] for row in bending.rows.values())


DISGUISED = [(f"disguised-{number}", exercise) for number, answers in enumerate(DISGUISES) for exercise in answers]


@pytest.mark.parametrize(("student", "exercise"), DISGUISED)
def test_library_answer_in_disguise_earns_nothing(student, exercise, bending):
    check = bending.cells(student, CONVOLUTION)[f"{exercise}-check"]
    assert check["points"] == 0
    assert check["outcome"]["broke"]


@pytest.mark.parametrize(("student", "exercise"), DISGUISED)
def test_library_answer_in_disguise_is_right_but_for_the_rule(student, exercise):
    _, source = DISGUISES[int(student[-1])][exercise]
    written = {}
    exec(source, written)  # noqa: S102 -- the corpus is ours
    declared = importlib.import_module(f"autograder.exercises.{CONVOLUTION}").EXERCISES
    without_rule = replace(next(one for one in declared if one.name == exercise), rule=Rule())
    assert judge(without_rule, local_answer(written[exercise]), seed=1).passed


def test_who_blinds_the_watch_is_marked_for_human_eyes(bending):
    row, cells = bending.rows["blinded", CONVOLUTION], bending.cells("blinded", CONVOLUTION)
    assert row["state"] == "needs a human eye"
    (first, second) = row["notes"]
    assert first.startswith(f"{CONVOLUTION}, cell 1: please look at it, it reaches into the autograder")
    assert second.startswith(f"{CONVOLUTION}, cell 2: please look at it, it replaces what belongs to others")
    earned = {name: cell["by_hand"] for name, cell in cells.items() if "exercise" in cell and cell["points"]}
    assert earned == dict.fromkeys((f"{exercise}-check" for exercise in BLINDED if exercise != "first"), True)
    assert {bending.rows[student, START]["state"] for student in GOOD} == {"graded"}
