"""What several exercises of lesson 07 say and forbid."""

from autograder.checking.exercise import Rule
from autograder.checking.words import Text

# Whatever draws or measures by itself is the exercise itself.
READY_MADE = Rule(calls=("cnnlib", "torch", "scipy.stats"))

ITS_OWN_RNG = Text(
    "two runs with the same seed differ: all chance must come from `rng`",
    "deux exécutions avec la même graine diffèrent : tout le hasard doit venir de `rng`",
)
OWN_GENERATOR = Text(
    "It does not draw from `rng`, so a run cannot be repeated. Use the generator that was handed in.",
    "Elle ne tire pas de `rng` : on ne peut donc pas répéter une exécution. Employez le générateur reçu en argument.",
)
