"""residual_block and preactivation_block: layers beside a shortcut, and what may stand on it."""

import torch
from hypothesis import strategies as st
from torch import nn

from autograder.checking.cases import random_numbers, seeds
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text
from cnnlib.models import BasicBlock, PreactivationBlock

from ._shared import FLOAT32, NEARLY, PROPERTIES, READY_MADE, built

SHAPES_STAY = Text("where the shapes agree", "là où les formes s’accordent")
SHAPES_CHANGE = Text("where the shapes change", "là où les formes changent")


@st.composite
def _blocks(draw, *, changing):
    """Blocks whose shortcut must change the channels, the size or both, or nothing at all."""
    channels = draw(st.integers(2, 4))
    width, stride = channels, 1
    if changing:
        width = draw(st.integers(2, 5))
        stride = draw(st.integers(1, 2)) if width != channels else 2
    x = draw(random_numbers((2, channels, draw(st.integers(3, 6)), draw(st.integers(3, 6))), dtypes=FLOAT32))
    return {"channels": channels, "width": width, "stride": stride, "x": x, "seed": draw(seeds())}


PARTS = (
    Part(SHAPES_STAY, (Stage(_blocks(changing=False), 2, 2),)),
    Part(SHAPES_CHANGE, (Stage(_blocks(changing=True), 5, 4),)),
)


def _conv(channels, width, side=3, stride=1):
    return nn.Conv2d(channels, width, side, stride=stride, padding=side // 2, bias=False)


class _Residual(nn.Module):
    """Right as it stands; what is wrong overrides one piece of it."""

    def __init__(self, channels, width, stride=1):
        super().__init__()
        self.conv1, self.bn1 = _conv(channels, width, 3, stride), nn.BatchNorm2d(width)
        self.conv2, self.bn2 = _conv(width, width), nn.BatchNorm2d(width)
        self.shortcut = self.shortcut_of(channels, width, stride)

    def shortcut_of(self, channels, width, stride):
        return self.projection(channels, width, stride) if stride != 1 or channels != width else nn.Identity()

    def projection(self, channels, width, stride):
        return nn.Sequential(_conv(channels, width, 1, stride), nn.BatchNorm2d(width))

    def branch(self, x):
        return self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))

    def forward(self, x):
        return torch.relu(self.branch(x) + self.shortcut(x))


class _AsSequence(nn.Module):
    def __init__(self, channels, width, stride=1):
        super().__init__()
        self.shortcut = nn.Sequential()
        if (channels, 1) != (width, stride):
            self.shortcut = nn.Sequential(nn.Conv2d(channels, width, 1, stride, bias=False), nn.BatchNorm2d(width))
        self.layers = nn.Sequential(
            nn.Conv2d(channels, width, 3, stride, 1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(inplace=True),
            nn.Conv2d(width, width, 3, 1, 1, bias=False),
            nn.BatchNorm2d(width),
        )

    def forward(self, x):
        y = self.layers(x)
        y += self.shortcut(x)
        return nn.functional.relu(y, inplace=True)


class _WithNone(_Residual):
    def shortcut_of(self, channels, width, stride):
        same = channels == width and stride == 1
        return None if same else self.projection(channels, width, stride)

    def forward(self, x):
        skipped = x if self.shortcut is None else self.shortcut(x)
        return torch.clamp(skipped + self.branch(x), min=0)


class _NoSkip(_Residual):
    def shortcut_of(self, channels, width, stride):
        return nn.Identity()

    def forward(self, x):
        return torch.relu(self.branch(x))


class _ReluBeforeTheSum(_Residual):
    def forward(self, x):
        return torch.relu(self.branch(x)) + self.shortcut(x)


class _NoReluAtTheEnd(_Residual):
    def forward(self, x):
        return self.branch(x) + self.shortcut(x)


class _NoProjection(_Residual):
    def shortcut_of(self, channels, width, stride):
        return nn.Identity()


class _ProjectsForChannelsOnly(_Residual):
    def shortcut_of(self, channels, width, stride):
        return self.projection(channels, width, stride) if channels != width else nn.Identity()


class _ProjectsAlways(_Residual):
    def shortcut_of(self, channels, width, stride):
        return self.projection(channels, width, stride)


class _BareProjection(_Residual):
    def projection(self, channels, width, stride):
        return _conv(channels, width, 1, stride)


class _OneNormalisation(_Residual):
    """Normalises twice by the first of its two layers."""

    def branch(self, x):
        return self.bn1(self.conv2(torch.relu(self.bn1(self.conv1(x)))))


residual_block = Exercise(
    name="residual_block",
    reference=(BasicBlock,),
    parts=PARTS,
    observe=built("channels", "width", "stride"),
    compare=NEARLY,
    properties=PROPERTIES,
    rule=READY_MADE,
    budget=1.0,
    mistakes=(
        Mistake(
            "missing skip",
            (_NoSkip,),
            Text(
                "The input is not added to what the layers give. These are two layers like all others: "
                "the shortcut is the whole idea.",
                "L’entrée n’est pas ajoutée à ce que donnent les couches. Ce sont deux couches comme les autres : "
                "le raccourci est toute l’idée.",
            ),
        ),
        Mistake(
            "relu before the sum",
            (_ReluBeforeTheSum,),
            Text(
                "The last ReLU comes before the sum. Then the branch can only add, never take away, "
                "and values can only grow from block to block.",
                "Le dernier ReLU vient avant la somme. La branche ne peut alors qu’ajouter, jamais retrancher, "
                "et les valeurs ne font que croître de bloc en bloc.",
            ),
        ),
        Mistake(
            "no relu at the end",
            (_NoReluAtTheEnd,),
            Text(
                "No ReLU follows the sum. In this block one does; the next one does without.",
                "Aucun ReLU ne suit la somme. Dans ce bloc, il en faut un ; le prochain s’en passera.",
            ),
        ),
        Mistake(
            "no projection",
            (_NoProjection,),
            Text(
                "Where the shapes change, x cannot be added as it is. There the shortcut is a 1x1 convolution "
                "with the block's stride, and batch normalisation.",
                "Là où les formes changent, x ne peut pas s’ajouter tel quel. Le raccourci y est une convolution 1x1, "
                "avec le pas du bloc, suivie d’une normalisation par lot.",
            ),
        ),
        Mistake(
            "projection for channels only",
            (_ProjectsForChannelsOnly,),
            Text(
                "The shortcut is projected where the channels change, but not where only the size does.",
                "Le raccourci est projeté là où les canaux changent, mais pas là où seule la taille change.",
            ),
        ),
        Mistake(
            "projection always",
            (_ProjectsAlways,),
            Text(
                "The shortcut is projected even where the shapes agree. There x goes through untouched, "
                "and learns nothing.",
                "Le raccourci est projeté même là où les formes s’accordent. Là, x passe intact, "
                "sans rien à apprendre.",
            ),
        ),
        Mistake(
            "bare projection",
            (_BareProjection,),
            Text(
                "The projection is not normalised. In this block a batch normalisation follows each convolution.",
                "La projection n’est pas normalisée. Dans ce bloc, une normalisation par lot suit chaque convolution.",
            ),
        ),
        Mistake(
            "one normalisation for both",
            (_OneNormalisation,),
            Text(
                "One batch normalisation serves both convolutions. Each has statistics of its own.",
                "Une même normalisation par lot sert aux deux convolutions. Chacune a ses propres statistiques.",
            ),
        ),
    ),
    right=((_Residual,), (_AsSequence,), (_WithNone,)),
)


class _Preactivated(nn.Module):
    """Right as it stands; what is wrong overrides one piece of it."""

    def __init__(self, channels, width, stride=1):
        super().__init__()
        self.bn1, self.conv1 = nn.BatchNorm2d(channels), _conv(channels, width, 3, stride)
        self.bn2, self.conv2 = nn.BatchNorm2d(width), _conv(width, width)
        self.projection = _conv(channels, width, 1, stride) if stride != 1 or channels != width else None

    def branch(self, activated):
        return self.conv2(torch.relu(self.bn2(self.conv1(activated))))

    def skipped(self, x, activated):
        return x if self.projection is None else self.projection(activated)

    def forward(self, x):
        activated = torch.relu(self.bn1(x))
        return self.skipped(x, activated) + self.branch(activated)


class _PreactivatedSequence(nn.Module):
    def __init__(self, channels, width, stride=1):
        super().__init__()
        self.first = nn.Sequential(nn.BatchNorm2d(channels), nn.ReLU())
        self.rest = nn.Sequential(
            nn.Conv2d(channels, width, 3, stride, 1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.Conv2d(width, width, 3, 1, 1, bias=False),
        )
        self.changes = channels != width or stride > 1
        if self.changes:
            self.shortcut = nn.Conv2d(channels, width, 1, stride, bias=False)

    def forward(self, x):
        a = self.first(x)
        return self.rest(a) + (self.shortcut(a) if self.changes else x)


class _PreactivatedByHand(_Preactivated):
    def forward(self, x):
        a = nn.functional.relu(self.bn1(x))
        y = self.conv1(a)
        y = self.bn2(y).clamp(min=0)
        y = self.conv2(y)
        if self.projection is not None:
            x = self.projection(a)
        return torch.add(x, y)


class _ReluAfterTheSum(_Preactivated):
    def forward(self, x):
        return torch.relu(super().forward(x))


class _ActivatedSkip(_Preactivated):
    def skipped(self, x, activated):
        return super().skipped(activated, activated)


class _ProjectsRaw(_Preactivated):
    def skipped(self, x, activated):
        return super().skipped(x, x)


class _PreactivatedNoSkip(_Preactivated):
    def __init__(self, channels, width, stride=1):
        super().__init__(channels, width, stride)
        self.projection = None

    def forward(self, x):
        return self.branch(torch.relu(self.bn1(x)))


class _FirstReluForgotten(_Preactivated):
    def forward(self, x):
        normalised = self.bn1(x)
        return self.skipped(x, normalised) + self.branch(normalised)


class _ReluBeforeNorm(_Preactivated):
    def branch(self, activated):
        return self.conv2(self.bn2(torch.relu(self.conv1(activated))))

    def forward(self, x):
        activated = self.bn1(torch.relu(x))
        return self.skipped(x, activated) + self.branch(activated)


class _UnprojectedPreactivation(_PreactivatedNoSkip):
    def forward(self, x):
        return x + super().forward(x)


preactivation_block = Exercise(
    name="preactivation_block",
    reference=(PreactivationBlock,),
    parts=PARTS,
    observe=built("channels", "width", "stride"),
    compare=NEARLY,
    properties=PROPERTIES,
    rule=READY_MADE,
    budget=1.0,
    mistakes=(
        Mistake(
            "relu after the sum",
            (_ReluAfterTheSum,),
            Text(
                "A ReLU follows the sum. Here nothing does: what comes on the shortcut leaves untouched.",
                "Un ReLU suit la somme. Ici, rien ne la suit : ce qui arrive par le raccourci ressort intact.",
            ),
        ),
        Mistake(
            "activated shortcut",
            (_ActivatedSkip,),
            Text(
                "The shortcut carries the activated values. Where the shapes agree it carries x itself.",
                "Le raccourci transporte les valeurs activées. Là où les formes s’accordent, il transporte x lui-même.",
            ),
        ),
        Mistake(
            "projects x itself",
            (_ProjectsRaw,),
            Text(
                "Where the shapes change, x itself is projected. "
                "The 1x1 sees what the first normalisation and ReLU give, as the first 3x3 does.",
                "Là où les formes changent, c’est x qui est projeté. "
                "La 1x1 voit ce que donnent la première normalisation et son ReLU, comme la première 3x3.",
            ),
        ),
        Mistake(
            "missing skip",
            (_PreactivatedNoSkip,),
            Text(
                "The input is not added to what the layers give: the shortcut is missing.",
                "L’entrée n’est pas ajoutée à ce que donnent les couches : il manque le raccourci.",
            ),
        ),
        Mistake(
            "no projection",
            (_UnprojectedPreactivation,),
            Text(
                "Where the shapes change, x cannot be added as it is. There the shortcut is a 1x1 convolution "
                "with the block's stride.",
                "Là où les formes changent, x ne peut pas s’ajouter tel quel. "
                "Le raccourci y est une convolution 1x1, avec le pas du bloc.",
            ),
        ),
        Mistake(
            "first relu forgotten",
            (_FirstReluForgotten,),
            Text(
                "The first normalisation has no ReLU. Before each convolution stand both.",
                "La première normalisation n’a pas de ReLU. Devant chaque convolution, il faut les deux.",
            ),
        ),
        Mistake(
            "relu before normalising",
            (_ReluBeforeNorm,),
            Text(
                "The ReLU stands before the batch normalisation. The order is: normalise, ReLU, convolve.",
                "Le ReLU précède la normalisation par lot. L’ordre est : normaliser, ReLU, convoluer.",
            ),
        ),
    ),
    right=((_Preactivated,), (_PreactivatedSequence,), (_PreactivatedByHand,)),
)
