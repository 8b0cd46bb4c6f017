"""What lesson 09 accepts: explanations of networks whose right answer is known."""

from .ascend import ascend
from .cam import cam, grad_cam
from .gradients import guided_backprop, saliency
from .occlusion_map import occlusion_map
from .predictions import covered_by_hand
from .top_patches import top_patches
from .unpool import unpool

VERSION = 1
EXERCISES = (
    top_patches,
    covered_by_hand,
    occlusion_map,
    saliency,
    guided_backprop,
    cam,
    grad_cam,
    ascend,
    unpool,
)
