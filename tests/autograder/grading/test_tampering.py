"""What reaches for the grader is told, cell by cell; what honest students write is let alone."""

import ast
import importlib
import inspect
import textwrap
from pathlib import Path

import pytest

from autograder.grading.master import master_of
from autograder.grading.restore import restore
from autograder.grading.tampering import suspicions, tampering
from autograder.grading.written import plain_python
from autograder.lessons.course import load_course
from autograder.lessons.pipeline import released, solved

COURSE = load_course(Path(__file__).parents[3])
LESSONS = [lesson.id for lesson in COURSE.written()]

TAMPERS = {
    "import autograder.checking.servant": "reaches into the autograder",
    "from autograder.checking import servant": "reaches into the autograder",
    "import importlib\nimportlib.import_module('autograder.checking.servant')": "reaches into the autograder",
    "import importlib\nname = input()\nimportlib.import_module(name)": "imports by run-time names",
    "from importlib import import_module as bring\nbring('auto' + 'grader')": "imports by run-time names",
    "import pkgutil\npkgutil.resolve_name('numpy:convolve')": "imports by run-time names",
    "__import__('num' + 'py')": "imports by run-time names",
    "import sys\nsys.modules['servant']": "reaches into the modules that are loaded",
    "import sys as s\nloaded = s.modules": "reaches into the modules that are loaded",
    "import sys\nsystem = sys\nsystem.settrace(None)": "hooks into what runs",
    "import sys\ngetattr(sys, 'mod' + 'ules')": "reaches for what it does not name",
    "from threading import setprofile": "hooks into what runs",
    "import gc\n[one for one in gc.get_objects()]": "looks through all objects",
    "import ctypes": "works on memory",
    "import inspect\ninspect.currentframe().f_back": "looks into the calls that run it",
    "import sys\nsys._getframe(1)": "looks into the calls that run it",
    "def f(): pass\nf.__globals__['x'] = 1": "opens functions up",
    "import builtins\nbuiltins.sum = max": "reaches behind Python's own functions",
    "import numpy as np\nnp.allclose = lambda *a: True": "replaces what belongs to others",
    "import numpy\nsetattr(numpy.testing, 'assert_equal', print)": "replaces what belongs to others",
    "from numpy import testing\nvars(testing)['assert_equal'] = print": "replaces what belongs to others",
    "import torch\ntorch.nn.Module.forward = print": "replaces what belongs to others",
    "exec('1 + 1')": "makes up code at run time",
    "def check(*objects): pass": "gives `check` a meaning of its own",
    "def f():\n    global check\n    check = print": "gives `check` a meaning of its own",
    "ask = check": "takes apart what checks",
    "check.language = 'fr'": "takes apart what checks",
    "del check.language": "takes apart what checks",
    "print(check.language, check.points)": "takes apart what checks",
    "type(check).__call__ = print": "takes apart what checks",
    "get_ipython().ast_transformers.clear()": "reaches into the notebook's shell",
    "shell = get_ipython()": "reaches into the notebook's shell",
    "import os\nos.environ['AUTOGRADER_DESCRIPTOR']": "names what belongs to the grader",
    "open('/proc/self/mem', 'r+b')": "names what belongs to the grader",
}
HONEST = (
    "check('double', double)",
    "print(check.language)",
    "import numpy as np\nnp.random.seed(0)\nnp.set_printoptions(precision=3)\nx = np.ones(4)\nx.shape = (2, 2)",
    "import torch\ntorch.backends.cudnn.deterministic = True\nmodel = torch.nn.Linear(1, 1)\nmodel.eval()",
    "import matplotlib.pyplot as plt\nplt.rcParams['figure.dpi'] = 72\nplt.show = lambda: None",
    "import sys\nsys.setrecursionlimit(9999)\nprint(sys.version_info, sys.argv)\nsys.path.insert(0, '.')",
    "import gc\ngc.collect()",
    "import inspect, cnnlib\nprint(inspect.getsource(cnnlib.correlate1d), inspect.signature(print))",
    "import importlib, helpers\nimportlib.reload(helpers)\nimportlib.import_module('scipy.signal')",
    "import re\nwords = re.compile('a+')",
    "'google.colab' in str(get_ipython())",
    "%matplotlib inline\n%timeit sum([1])\nfiles = !ls\n!pip --version",
    "%%time\nsum = 0\nfor i in range(3): sum += i",
    "def f(x, check=True):\n    return x if check else None",
    "'''The autograder/judge says so.'''\nprint('the autograder says: well done')",
    "class A:\n    def __init__(self): self.__dict__.update(a=1)",
    "for name in ('relu', 'tanh'):\n    getattr(cnnlib, f'{name}_forward')(x)",
    "if 'x' in globals(): print(vars(), locals())",
    "not python at all",
)


def signs(*cells):
    return [sign for found in tampering([plain_python(cell) for cell in cells]) for sign in found]


@pytest.mark.parametrize("source", TAMPERS)
def test_tampering_is_told(source):
    assert any(sign.startswith(TAMPERS[source]) for sign in signs(source))


@pytest.mark.parametrize("source", TAMPERS)
def test_tampering_is_told_where_the_import_stands_in_another_cell(source):
    imports = [line for line in source.split("\n") if "import " in line]
    rest = [line for line in source.split("\n") if "import " not in line]
    assert any(sign.startswith(TAMPERS[source]) for sign in signs("\n".join(rest), "1", "\n".join(imports)))


@pytest.mark.parametrize("source", HONEST)
def test_honest_cells_are_let_alone(source):
    assert signs(source) == []


@pytest.mark.parametrize("lesson", LESSONS)
def test_no_solution_is_marked(lesson):
    (one,) = COURSE.select([lesson])
    for language in COURSE.languages:
        master = master_of(lesson, released(COURSE, one, language))
        restored = restore(solved(COURSE, one, language), master)
        assert list(suspicions(restored.notebook, restored.masters, master)) == []


@pytest.mark.parametrize("lesson", LESSONS)
def test_no_listed_answer_is_marked(lesson):
    exercises = importlib.import_module(f"autograder.exercises.{lesson}").EXERCISES
    answers = [one.right for one in exercises] + [tuple(m.objects for m in one.mistakes) for one in exercises]
    written = [source for listed in answers for objects in listed for one in objects if (source := _source(one))]
    assert written
    assert signs("import numpy as np, torch, cnnlib", *written) == []


def _source(thing):
    try:
        source = textwrap.dedent(inspect.getsource(thing))
        ast.parse(source)
    except (TypeError, SyntaxError):
        return None  # a value, or a lambda within a line
    return source


def test_the_sentence_says_which_cell_and_what():
    (lesson,) = COURSE.select(["00"])
    notebook = released(COURSE, lesson, "en")
    master = master_of(lesson.id, notebook)
    place = next(number for number, cell in enumerate(notebook.cells) if cell.id == "double")
    notebook.cells[place].source = "import sys, ctypes, gc\nsys.settrace(None)\nsys.modules\nexec('')\ngc.get_objects()"
    restored = restore(notebook, master)
    (sentence,) = suspicions(restored.notebook, restored.masters, master)
    assert sentence.startswith(f"{lesson.id}, cell {place + 1} (double): please look at it, it ")
    assert "(`sys.settrace`)" in sentence
    assert sentence.endswith("; and 2 more such signs")
