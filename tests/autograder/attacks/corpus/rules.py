"""Ways round "write it yourself" in lesson 01: the library's own answer, called in disguise.

Each is the body of a function that lesson 01 wants; without its rule, each is right.
"""

# exercise -> (name, source) for each of some students
DISGUISES = (
    {
        "conv1d": ("imports", "import cnnlib\ndef conv1d(x, k):\n    return cnnlib.correlate1d(x, k)"),
        "convolve1d": (
            "gives another name",
            "import numpy as np\nslide = np.convolve\ndef convolve1d(x, k):\n    return slide(x, k, 'valid')",
        ),
        "conv2d": (
            "takes by name",
            "import cnnlib as library\ndef conv2d(x, k):\n    return getattr(library, 'correlate' + '2d')(x, k)",
        ),
        "conv2d_fast": (
            "imports by name",
            "import importlib\ndef conv2d_fast(x, k):\n"
            "    return importlib.import_module('cnn' + 'lib').correlate2d(x, k)",
        ),
    },
    {
        "conv1d": (
            "runs its source",
            "import inspect, sys, cnnlib\nown = dict(vars(sys.modules[cnnlib.correlate1d.__module__]))\n"
            "exec(inspect.getsource(cnnlib.correlate1d), own)\ndef conv1d(x, k):\n    return own['correlate1d'](x, k)",
        ),
        "convolve1d": (
            "takes from sys.modules",
            "import sys\ndef convolve1d(x, k):\n    return sys.modules['numpy'].convolve(x, k, 'valid')",
        ),
        "conv2d": (
            "calls in a thread",
            "import threading, cnnlib\ndef conv2d(x, k):\n    kept = []\n"
            "    run = threading.Thread(target=lambda: kept.append(cnnlib.correlate2d(x, k)))\n"
            "    run.start(); run.join()\n    return kept[0]",
        ),
        "conv2d_fast": (
            "reads the file",
            "import pathlib, sys, cnnlib\nown = {}\n"
            "path = sys.modules[cnnlib.correlate2d.__module__].__file__\n"
            "exec(compile(pathlib.Path(path).read_text(), path, 'exec'), own)\n"
            "def conv2d_fast(x, k):\n    return own['correlate2d'](x, k)",
        ),
    },
)

# What reading the answer and watching it miss: a watch that looks away, and the answer under another name. It earns its
# points, and is marked for human eyes.
BLINDED = {
    "first": (
        """
from autograder.checking import servant
class Blind:
    seen, lines = (), 0
    __init__ = pause = resume = __exit__ = lambda self, *a, **k: None
    __enter__ = lambda self: self
servant.Watch = Blind
""",
        "import numpy as np\nnp.slide = np.convolve",
    ),
    "convolve1d": "def convolve1d(x, k):\n    return np.slide(x, k, 'valid')",
}
