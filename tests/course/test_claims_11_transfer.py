"""The ledger of lesson 11: its table is one table wherever it stands, and what the lesson says of its networks holds.

B: "Réseaux convolutifs" notes, which name the four cases.
"""

import ast
import importlib
import re
from pathlib import Path

import numpy as np
import polib
import pytest
import torch
from torch import nn

from cnnlib import models
from cnnlib.data import draw_glyphs, paste_on_clutter, split_digits

ROOT = Path(__file__).parents[2]
LESSON = (ROOT / "solutions" / "11_transfer.py").read_text(encoding="utf-8")
ROWS = ("from scratch", "frozen", "fine-tuned")
PLACES = {
    "lesson": re.sub(r"^# ?", "", LESSON, flags=re.MULTILINE),
    "card": (ROOT / "cnnlib" / "models" / "weights" / "letters.md").read_text(encoding="utf-8"),
    "benchmarks": (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8"),
}
FRENCH = polib.pofile(ROOT / "solutions" / "locale" / "fr" / "11_transfer.po")


def markdown_table(text):
    """What stands in the rows of the table of transfer, the numbers of labels first."""
    found = []
    for name in ("labels a class", *ROWS):
        (row,) = re.findall(rf"^\| {name} \| (.+) \|$", text, re.MULTILINE)
        found.append(row.split(" | "))
    return found


def means(rows):
    """The same without the deviations, as in the lesson's cell."""
    return [[float(cell.split(" ± ")[0]) for cell in row] for row in rows]


def table_in_code():
    """The same as the lesson's cell has it, for the curve."""
    values = {}
    for node in ast.walk(ast.parse(LESSON)):
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in ("table", "labels_a_class"):
            values[node.targets[0].id] = ast.literal_eval(node.value)
    return {"labels a class": values["labels_a_class"], **values["table"]}


@pytest.mark.parametrize("place", PLACES)
def test_the_table_is_the_same_wherever_it_stands(place):
    assert markdown_table(PLACES[place]) == markdown_table(PLACES["lesson"])


def test_the_curve_is_drawn_from_the_table():
    assert tuple(table_in_code()) == ("labels a class", *ROWS)
    assert means(markdown_table(PLACES["lesson"])) == list(table_in_code().values())


def test_the_french_table_has_the_same_figures():
    french_lines = [entry.msgstr for entry in FRENCH]
    for row, french in zip(markdown_table(PLACES["lesson"])[1:], ("de zéro", "gelé", "ajusté"), strict=True):
        assert f"| {french} | {' | '.join(row).replace('.', ',')} |" in french_lines


def test_new_canvases_leave_what_the_benchmarks_say():
    found = re.search(r"from scratch (\S+) ± \S+, frozen (\S+) ± \S+, fine-tuned (\S+) ± ", PLACES["benchmarks"])
    scratch, frozen, tuned = found.groups()
    assert f"give {scratch} from scratch, {frozen} frozen, {tuned} fine-tuned" in PLACES["card"]
    scratch, frozen, tuned = (f"{float(share):.0f} %" for share in found.groups())
    lesson = " ".join(PLACES["lesson"].split())
    assert f"climbs to {scratch} at five labels a class, frozen to {frozen} and fine-tuned to {tuned}:" in lesson


def test_transfer_is_worth_at_least_15_points_at_5_labels_a_class():
    table = table_in_code()
    column = table["labels a class"].index(5)
    assert min(table["frozen"][column], table["fine-tuned"][column]) - table["from scratch"][column] >= 15


def test_frozen_leads_at_few_labels_and_fine_tuned_at_many():
    table = table_in_code()
    ahead = np.subtract(table["fine-tuned"], table["frozen"])
    assert (ahead[:3] < 0).all()
    assert (ahead[3:] > 0).all()


def test_720_digits_are_held_back():
    split = split_digits(rng=np.random.default_rng(0))
    assert len(split.validation.labels) + len(split.test.labels) == 719
    assert "on 719 digits that were held back" in PLACES["lesson"]
    assert any("sur 719 chiffres mis de côté" in entry.msgstr for entry in FRENCH)


def test_the_parts_of_the_reader_have_73440_and_16170_parameters():
    reader = models.pretrained("letters")
    counts = [sum(p.numel() for p in part.parameters()) for part in reader.children()]
    assert counts == [73_440, 0, 16_170]
    assert (reader.classifier.in_features, reader.classifier.out_features) == (384, 42)


def test_resnet18_has_20_batch_normalisations_and_a_head_called_fc():
    with torch.device("meta"):
        network = models.resnet18()
    assert sum(isinstance(module, nn.BatchNorm2d) for module in network.modules()) == 20
    assert isinstance(network.fc, nn.Linear)


def test_without_gradients_no_parameter_moves_but_the_statistics_do():
    before, after = models.pretrained("letters"), models.pretrained("letters").requires_grad_(False)
    letters = draw_glyphs(64, rng=np.random.default_rng(0)).images
    canvas = paste_on_clutter(letters, rng=np.random.default_rng(1))
    after.train()(torch.from_numpy(canvas))
    assert all(torch.equal(one, other) for one, other in zip(before.parameters(), after.parameters(), strict=True))
    assert not any(torch.equal(one, other) for one, other in zip(before.buffers(), after.buffers(), strict=True))


@pytest.mark.parametrize(
    ("n", "similarity", "method"),
    [
        (5, "similar", "new head"),
        (5, "different", "early features"),
        (500, "similar", "fine-tune"),
        (500, "different", "fine-tune"),
    ],
)
def test_b_the_four_cases(n, similarity, method):
    """B: few and similar, a classifier on the last layers; few and different, on the first; many, fine-tuning."""
    (choose,) = importlib.import_module("autograder.exercises.11_transfer").choose_strategy.reference
    assert choose(n, similarity) == method
