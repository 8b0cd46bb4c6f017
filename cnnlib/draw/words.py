"""The few words that stand inside pictures, in the language of the lesson."""

WORDS = {
    "array": {"en": "{name} {shape}: {values}", "fr": "{name} {shape} : {values}"},
    "range": {"en": "values from {low} to {high}", "fr": "valeurs de {low} à {high}"},
    "an array": {"en": "array", "fr": "tableau"},
    "marked": {"en": "marked: {cells}", "fr": "cases marquées : {cells}"},
    "kernels": {"en": "{count} kernels. {items}", "fr": "{count} noyaux. {items}"},
    "images": {"en": "{count} images: {items}", "fr": "{count} images : {items}"},
    "with boxes": {"en": "Images with boxes: {count}", "fr": "Images avec des cadres : {count}"},
    "with boxes and true ones": {
        "en": "Images with boxes, the true ones dashed: {count}",
        "fr": "Images avec des cadres, les vrais en tirets : {count}",
    },
    "with masks": {
        "en": "Images with the borders of their masks: {count}. {items}",
        "fr": "Images avec les contours de leurs masques : {count}. {items}",
    },
    "with points": {"en": "Images with points: {count}", "fr": "Images avec des points : {count}"},
    "with points and true ones": {
        "en": "Images with points as discs, the true ones as crosses: {count}",
        "fr": "Images avec des points en disques, les vrais en croix : {count}",
    },
    "filtered": {
        "en": "An image and what {count} filters make of it: {items}",
        "fr": "Une image et ce qu’en font {count} filtres : {items}",
    },
    "the image": {"en": "the image", "fr": "l’image"},
    "stems": {"en": "Stem plots. {items}", "fr": "Diagrammes en bâtons. {items}"},
    "curves": {"en": "Lines: {items}.", "fr": "Courbes : {items}."},
    "bars": {"en": "Bars. {items}.", "fr": "Barres. {items}."},
    "panels": {"en": "Graphs: {count}. {items}.", "fr": "Graphiques : {count}. {items}."},
    "panel": {"en": "{title}: {items}", "fr": "{title} : {items}"},
    "curve": {
        "en": "{name}, from {first} at {start} to {last} at {end}, values from {low} to {high}",
        "fr": "{name}, de {first} en {start} à {last} en {end}, valeurs de {low} à {high}",
    },
    "feet": {"en": "Under the foot: {names}.", "fr": "Sous le bas : {names}."},
    "links": {"en": "Rows of linked values, from the foot: {rows}.", "fr": "Rangées reliées, de bas en haut : {rows}."},
    "sees": {"en": "One value at the top depends on {fields}.", "fr": "Une valeur du haut dépend de {fields}."},
    "journeys": {
        "en": "{count} maps and the way gone on each: {items}.",
        "fr": "{count} cartes et le trajet sur chacune : {items}.",
    },
    "journey": {"en": "{steps} steps from {start} to {end}", "fr": "{steps} pas de {start} à {end}"},
    "map signs": {
        "en": "● start   □ end   ★ goal   ▦ wall   ≈ lava",
        "fr": "● départ   □ arrivée   ★ but   ▦ mur   ≈ lave",
    },
    "heatmap": {
        "en": "Heat map. From column {first} to column {last}: {items}.",
        "fr": "Carte de chaleur. De la colonne {first} à la colonne {last} : {items}.",
    },
    "heat": {"en": "{name}, {low} to {high}", "fr": "{name}, de {low} à {high}"},
    "histograms": {
        "en": "Histograms of {count} layers over one axis. {items}.",
        "fr": "Histogrammes de {count} couches sur un même axe. {items}.",
    },
    "spread": {
        "en": "{name}: standard deviation {deviation}, zeros {zeros}",
        "fr": "{name} : écart-type {deviation}, zéros {zeros}",
    },
    "spread and saturated": {
        "en": "{name}: standard deviation {deviation}, zeros {zeros}, saturated {ends}",
        "fr": "{name} : écart-type {deviation}, zéros {zeros}, saturées {ends}",
    },
    "saturated": {"en": "saturated", "fr": "saturées"},
    "graph": {"en": "Computation graph: {nodes}.", "fr": "Graphe de calcul : {nodes}."},
    "volumes": {"en": "Volumes, channels first: {items}", "fr": "Volumes, canaux d’abord : {items}"},
    "bubbles": {"en": "Discs ({names}): {items}.", "fr": "Disques ({names}) : {items}."},
    "area": {"en": "area: {what}", "fr": "aire : {what}"},
    "architecture": {"en": "A network: {items}.", "fr": "Un réseau : {items}."},
    "branches": {
        "en": "{count} branches that meet by {join} [{items}]",
        "fr": "{count} branches réunies par {join} [{items}]",
    },
    "add": {"en": "addition", "fr": "addition"},
    "concat": {"en": "concatenation", "fr": "concaténation"},
    "shortcut": {"en": "shortcut", "fr": "raccourci"},
    "expected": {"en": "expected", "fr": "attendu"},
    "got": {"en": "got", "fr": "obtenu"},
    "difference": {"en": "got − expected", "fr": "obtenu − attendu"},
    "crop": {
        "en": "rows {top}–{bottom}, columns {left}–{right}",
        "fr": "lignes {top}–{bottom}, colonnes {left}–{right}",
    },
    "differ": {
        "en": "Values that differ: {count} of {total}. First at {where}: expected {expected}, got {got}.",
        "fr": "Valeurs différentes : {count} sur {total}. La première en {where} : attendu {expected}, obtenu {got}.",
    },
    "same": {"en": "No value differs.", "fr": "Aucune valeur ne diffère."},
    "shapes": {
        "en": "The shapes differ: expected {expected}, got {got}.",
        "fr": "Les formes diffèrent : attendu {expected}, obtenu {got}.",
    },
    "sliding": {
        "en": "Sliding window: {kernel} over {input} gives {output}",
        "fr": "Fenêtre glissante : {kernel} sur {input} donne {output}",
    },
    "sliding back": {
        "en": "Backward pass: {upstream} spreads into {input} and gathers in {kernel}",
        "fr": "Passe arrière : {upstream} se répand dans {input} et se rassemble dans {kernel}",
    },
    "upstream": {"en": "upstream gradient", "fr": "gradient amont"},
    "of the input": {"en": "of the input", "fr": "de l’entrée"},
    "of the kernel": {"en": "of the kernel", "fr": "du noyau"},
    "input": {"en": "input", "fr": "entrée"},
    "kernel": {"en": "kernel", "fr": "noyau"},
    "products": {"en": "products", "fr": "produits"},
    "output": {"en": "output", "fr": "sortie"},
    "stride": {"en": "stride {n}", "fr": "pas {n}"},
    "padding": {"en": "padding {n}", "fr": "remplissage {n}"},
    "dilation": {"en": "dilation {n}", "fr": "dilatation {n}"},
    "first": {"en": "First", "fr": "Début"},
    "back": {"en": "Back", "fr": "Reculer"},
    "step": {"en": "Step", "fr": "Avancer"},
    "play": {"en": "Play", "fr": "Lecture"},
    "pause": {"en": "Pause", "fr": "Pause"},
    "window": {"en": "window", "fr": "fenêtre"},
    "of": {"en": "window {t} of {count}", "fr": "fenêtre {t} sur {count}"},
    "layer": {"en": "layer", "fr": "couche"},
    "kind": {"en": "kind", "fr": "type"},
    "the stride": {"en": "stride", "fr": "pas"},
    "parameters": {"en": "parameters", "fr": "paramètres"},
    "multiplications": {"en": "multiplications", "fr": "multiplications"},
    "receptive field": {"en": "receptive field", "fr": "champ récepteur"},
    "total": {"en": "total", "fr": "total"},
    "idle": {"en": "Not run: {parts}.", "fr": "Non exécuté\u00a0: {parts}."},
    "thousands": {"en": ",", "fr": "\u202f"},
    "keys": {
        "en": "Keys: ← → one window, Home and End, Space to play or pause.",
        "fr": "Touches\u00a0: ← → d’une fenêtre à l’autre, Début et Fin, Espace pour lecture ou pause.",
    },
}

# What a line, an axis or a title may be called; lessons give the English, pictures show their own language.
TERMS = {
    "Gaussian": {"en": "Gaussian", "fr": "gaussien"},
    "accuracy": {"en": "accuracy", "fr": "exactitude"},
    "bag of words": {"en": "bag of words", "fr": "sac de mots"},
    "bicubic": {"en": "bicubic", "fr": "bicubique"},
    "circle": {"en": "circle", "fr": "cercle"},
    "content": {"en": "content", "fr": "contenu"},
    "contrast": {"en": "contrast", "fr": "contraste"},
    "cross": {"en": "cross", "fr": "croix"},
    "distant": {"en": "distant", "fr": "à distance"},
    "epoch": {"en": "epoch", "fr": "époque"},
    "expected": {"en": "expected", "fr": "attente"},
    "filters of 1 word": {"en": "filters of 1 word", "fr": "filtres d’un mot"},
    "filters of 2 and 3 words": {"en": "filters of 2 and 3 words", "fr": "filtres de 2 et 3 mots"},
    "fine-tuned": {"en": "fine-tuned", "fr": "ajusté"},
    "from scratch": {"en": "from scratch", "fr": "de zéro"},
    "frozen": {"en": "frozen", "fr": "gelé"},
    "grey": {"en": "grey", "fr": "gris"},
    "labels a class": {"en": "labels a class", "fr": "étiquettes par classe"},
    "layer": {"en": "layer", "fr": "couche"},
    "loss": {"en": "loss", "fr": "perte"},
    "multiplications": {"en": "multiplications", "fr": "multiplications"},
    "negated": {"en": "negated", "fr": "négation"},
    "network": {"en": "network", "fr": "réseau"},
    "noisy": {"en": "noisy", "fr": "bruité"},
    "original": {"en": "original", "fr": "original"},
    "painted": {"en": "painted", "fr": "peint"},
    "parameters": {"en": "parameters", "fr": "paramètres"},
    "plain": {"en": "plain", "fr": "simple"},
    "probability": {"en": "probability", "fr": "probabilité"},
    "ring": {"en": "ring", "fr": "anneau"},
    "square": {"en": "square", "fr": "carré"},
    "standard deviation": {"en": "standard deviation", "fr": "écart-type"},
    "step": {"en": "step", "fr": "itération"},
    "style": {"en": "style", "fr": "style"},
    "test": {"en": "test", "fr": "test"},
    "training": {"en": "training", "fr": "entraînement"},
    "triangle": {"en": "triangle", "fr": "triangle"},
    "validation": {"en": "validation", "fr": "validation"},
    "variance": {"en": "variance", "fr": "variance"},
    "year": {"en": "year", "fr": "année"},
}

LANGUAGES = ("en", "fr")

_chosen = "en"


def language(code: str) -> None:
    """Let every picture drawn from now on speak this language: "en" or "fr"."""
    global _chosen
    if code not in LANGUAGES:
        raise ValueError(f'draw.language: code is {code!r}; "en" or "fr" fits')
    _chosen = code


def say(key: str, **values: object) -> str:
    """The word or sentence in the language chosen, its {places} filled in."""
    return WORDS[key][_chosen].format(**values)


def term(word: str) -> str:
    """A known term in the language chosen; symbols and names as they stand."""
    return TERMS[word][_chosen] if word in TERMS else word
