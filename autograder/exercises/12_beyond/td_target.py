"""td_target: what double Q-learning says an action was worth."""

import numpy as np
from hypothesis import strategies as st

from autograder.checking.cases import random_numbers, whole_numbers
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text
from autograder.exercises._pictures import difference


@st.composite
def _steps(draw, most, actions, numbers):
    """Some steps: rewards, which were the last, and what both networks say of the images after them."""
    N, A = draw(st.integers(1, most)), draw(st.integers(2, actions))
    return {
        "reward": draw(numbers((N,))),
        "done": np.array(draw(st.lists(st.booleans(), min_size=N, max_size=N))),
        "online": draw(numbers((N, A))),
        "target": draw(numbers((N, A))),
        "discount": draw(st.sampled_from([0.5, 0.9, 0.25])),
    }


def _reference(reward, done, online, target, discount):
    best = online.argmax(axis=1)
    return reward + discount * np.where(done, 0, target[np.arange(len(best)), best])


def _by_loop(reward, done, online, target, discount):
    y = np.array(reward, dtype=np.float64)
    for n in range(len(y)):
        if not done[n]:
            y[n] += discount * target[n, np.argmax(online[n])]
    return y


def _by_along_axis(reward, done, online, target, discount):
    chosen = np.take_along_axis(target, online.argmax(axis=1, keepdims=True), axis=1)[:, 0]
    return reward + discount * (1 - done) * chosen


def _by_rows(reward, done, online, target, discount):
    chosen = np.array([row[best] for row, best in zip(target, online.argmax(axis=1), strict=True)])
    return reward + discount * ~done * chosen


def _no_mask(reward, done, online, target, discount):
    return _reference(reward, np.zeros_like(done), online, target, discount)


def _mask_reversed(reward, done, online, target, discount):
    return _reference(reward, ~done, online, target, discount)


def _online_alone(reward, done, online, target, discount):
    return _reference(reward, done, online, online, discount)


def _target_alone(reward, done, online, target, discount):
    return _reference(reward, done, target, target, discount)


def _swapped(reward, done, online, target, discount):
    return _reference(reward, done, target, online, discount)


def _reward_discounted(reward, done, online, target, discount):
    return discount * _reference(reward, done, online, target, 1.0)


def _no_discount(reward, done, online, target, discount):
    return _reference(reward, done, online, target, 1.0)


def _reward_lost_at_the_end(reward, done, online, target, discount):
    return _reference(reward, done, online, target, discount) * ~done


def _no_reward(reward, done, online, target, discount):
    return _reference(0 * reward, done, online, target, discount)


def _wrong_axis(reward, done, online, target, discount):
    return reward + discount * np.where(done, 0, online.max())


def _best_of_the_batch(reward, done, online, target, discount):
    return reward + discount * np.where(done, 0, target[:, online.max(axis=0).argmax()])


td_target = Exercise(
    name="td_target",
    reference=(_reference,),
    parts=(
        Part(
            Text("the target of each step", "la cible de chaque pas"),
            (Stage(_steps(3, 3, whole_numbers), 40, 20), Stage(_steps(8, 5, random_numbers), 20)),
        ),
    ),
    mistakes=(
        Mistake(
            "no mask",
            (_no_mask,),
            Text(
                "The future counts even where the episode is over. After the last step nothing follows: where `done` "
                "is true, the target is the reward alone.",
                "Le futur compte même quand l’épisode est terminé. Après le dernier pas, plus rien ne suit : là où "
                "`done` est vrai, la cible est la récompense seule.",
            ),
        ),
        Mistake(
            "mask reversed",
            (_mask_reversed,),
            Text(
                "The mask is the wrong way round: the future counts exactly where the episode is over.",
                "Le masque est à l’envers : le futur compte justement là où l’épisode est terminé.",
            ),
        ),
        Mistake(
            "online network alone",
            (_online_alone,),
            Text(
                "The online network both picks the action and says what it is worth: its own mistakes flatter it. "
                "The target network gives the value.",
                "Le réseau en ligne choisit l’action et dit aussi ce qu’elle vaut : ses propres erreurs le flattent. "
                "C’est le réseau cible qui donne la valeur.",
            ),
        ),
        Mistake(
            "target network alone",
            (_target_alone,),
            Text(
                "That is the greatest value of the target network: plain Q-learning, not double. The online network "
                "picks the action.",
                "C’est la plus grande valeur du réseau cible : du Q-learning simple, pas double. C’est le réseau en "
                "ligne qui choisit l’action.",
            ),
        ),
        Mistake(
            "networks swapped",
            (_swapped,),
            Text(
                "The two networks are swapped: `online` picks the action, `target` says what it is worth.",
                "Les deux réseaux sont échangés : `online` choisit l’action, `target` dit ce qu’elle vaut.",
            ),
        ),
        Mistake(
            "reward discounted",
            (_reward_discounted,),
            Text(
                "The reward is discounted as well. It comes at once and counts in full; only the future is discounted.",
                "La récompense est escomptée elle aussi. Elle vient tout de suite et compte en entier ; seul ce qui "
                "suit est escompté.",
            ),
        ),
        Mistake(
            "no discount",
            (_no_discount,),
            Text(
                "The discount is missing: what comes one step later counts `discount` times as much.",
                "Il manque l’escompte : ce qui vient un pas plus tard compte `discount` fois autant.",
            ),
        ),
        Mistake(
            "last reward lost",
            (_reward_lost_at_the_end,),
            Text(
                "Where the episode ends, the whole target is zero. The reward of the last step still counts.",
                "Là où l’épisode se termine, toute la cible vaut zéro. La récompense du dernier pas compte pourtant.",
            ),
        ),
        Mistake(
            "no reward",
            (_no_reward,),
            Text("The reward is missing.", "Il manque la récompense."),
        ),
        Mistake(
            "greatest of all",
            (_wrong_axis,),
            Text(
                "One value is the greatest of the whole batch. Each step has its own images, and its own row.",
                "Une seule valeur, la plus grande de tout le lot. Chaque pas a sa propre image, et sa propre ligne.",
            ),
        ),
        Mistake(
            "one action for all",
            (_best_of_the_batch,),
            Text(
                "One action is picked for the whole batch. Each row picks its own: axis 1.",
                "Une seule action est choisie pour tout le lot. Chaque ligne choisit la sienne : axe 1.",
            ),
        ),
    ),
    right=((_by_loop,), (_by_along_axis,), (_by_rows,)),
    picture=difference,
)
