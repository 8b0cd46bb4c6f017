"""Attacks on what all share: processes, memory, disk, time, the grader's patience; and on outliving the notebook."""

from .attack import LAYERS, ONE_PROCESS, PLAIN, PROVE, TRUSTING, Attack

TOKEN = "outlives-its-notebook"  # in the command of every process that means to stay

ATTACKS = (
    Attack(
        "forks",
        "starts ever more processes",
        "limits on processes (rlimits, watchdog)",
        first=f"""
import os, time
children = []
for _ in range(80):
    children.append(os.fork())
    if children[-1] == 0:
        time.sleep(60)
        os._exit(0)
{PROVE}
""",
        without=LAYERS,
    ),
    Attack(
        "fills-memory",
        "takes 1 GiB of memory",
        "limits on memory (rlimits, watchdog)",
        first=f"import numpy\nkept = [numpy.ones(2**24) for _ in range(8)]\n{PROVE}\ndel kept",
        without=LAYERS,
    ),
    Attack(
        "fills-disk",
        "writes 80 MiB in files of 8 MiB",
        "a disk of its own (mount)",
        first="for number in range(10):\n    open(f'part-{number}', 'wb').write(bytes(2**23))\n" + PROVE,
        without=LAYERS,
    ),
    Attack(
        "writes-large-file",
        "writes a file of 24 MiB",
        "limits on files (rlimits)",
        first=f"with open('large', 'wb') as file:\n    file.write(bytes(24 * 2**20))\n{PROVE}",
        without=LAYERS,
    ),
    Attack(
        "opens-files",
        "opens 300 files",
        "limits on files (rlimits)",
        first=f"kept = [open('/dev/null') for _ in range(300)]\n{PROVE}",
        without=LAYERS,
    ),
    Attack(
        "prints",
        "prints 6 MB",
        "limits on output",
        first=f"for _ in range(600):\n    print('x' * 10_000)\n{PROVE}",
        without=LAYERS,
    ),
    Attack(
        "publishes",
        "sends 30 MB of pictures round the limit on prints",
        "limits on output",
        first="""
from IPython.display import display
for _ in range(600):
    display({"text/plain": "x" * 50_000}, raw=True)
"""
        + PROVE,
        without=LAYERS,
    ),
    Attack(
        "stays",
        "leaves a process of its own session behind",
        "all its processes die with it (pid, the keeper)",
        first=f"""
import subprocess, sys
sleeper = "import subprocess, sys; subprocess.Popen([*sys.argv[1:]], start_new_session=True)"
command = [sys.executable, "-c", "import time; time.sleep(120)", "{TOKEN}"]
subprocess.run([sys.executable, "-c", sleeper, *command], check=True)
""",
        without=PLAIN,
    ),
    Attack(
        "never-ends",
        "a cell that ends by no interrupt",
        "a limit on time",
        first="while True:\n    try:\n        while True: pass\n    except BaseException: pass",
        without=ONE_PROCESS,
    ),
    Attack(
        "loops-when-asked",
        "an answer that never ends",
        "a limit on time",
        answer="def double(x):\n    while True: pass",
        without=ONE_PROCESS,
    ),
    Attack(
        "sleeps-when-asked",
        "an answer that ends by no interrupt",
        "a limit on time",
        answer="""
import time
def double(x):
    while True:
        try: time.sleep(99)
        except BaseException: pass
""",
        reason="broken off|verdict",
        without=ONE_PROCESS,
    ),
    Attack(
        "kills-its-kernel",
        "every cell kills the kernel",
        "what a killed kernel had run counts for nothing",
        first="import os\nos.kill(os.getpid(), 9)",
        answer="import os\nos._exit(0)",
        reason="never asked",
        without=ONE_PROCESS,
    ),
    Attack(
        "kills-when-asked",
        "leaves without an error while it is judged",
        "the judge's verdict",
        answer="import os\ndef double(x):\n    os._exit(0)",
        reason="broken off",
        without=ONE_PROCESS,
    ),
    Attack(
        "stays-in-threads",
        "threads and exit handlers that never end",
        "all its processes die with it (pid, the keeper)",
        first="""
import atexit, signal, threading, time
def stay():
    while True:
        try: time.sleep(1)
        except BaseException: pass
atexit.register(stay)
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
threading.Thread(target=stay).start()
""",
        without=ONE_PROCESS,
    ),
    Attack(
        "link-out",
        "hands in a link to the gradebook",
        "links that lead out are left alone",
        first=f"open('linked', 'rb').read()\n{PROVE}",
        files={"linked": "-> $CLASS/gradebook.db"},
        without=TRUSTING,
    ),
)
