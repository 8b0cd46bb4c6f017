"""Attacks on what is not the student's: other work, the grader's files and processes, the network."""

from .attack import LAYERS, MACHINE, ONE_PROCESS, PROVE, Attack

FILES = "the kernel's view of the disk (mount, landlock)"
PROCESSES = "its own processes (pid, landlock, seccomp)"
NETWORK = "its own network (net, landlock, seccomp)"

FIND = """
import os, signal
def command(pid):
    try:
        return open(f"/proc/{pid}/cmdline").read()
    except OSError:
        return ""
def find(text):
    return next(int(pid) for pid in os.listdir("/proc") if pid.isdecimal() and text in command(pid))
"""

TRACE = (
    FIND
    + """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
victim = find("autograder.kernel.forkserver")
if libc.ptrace(16, victim, None, None):
    raise OSError(ctypes.get_errno(), "no")
os.waitpid(victim, 0)
libc.ptrace(17, victim, None, None)
"""
)

REACHES = (
    Attack(name, tries, stopped_by, first=f"{source.strip()}\n{PROVE}", without=LAYERS)
    for name, tries, stopped_by, source in (
        (
            "reads-neighbour",
            "reads another student's answer",
            FILES,
            "open('$CLASS/submitted/good-a/00_start/00_start.ipynb').read()",
        ),
        ("reads-solution", "reads the lesson's source", FILES, "open('$CLASS/source/00_start/00_start.ipynb').read()"),
        ("reads-gradebook", "reads the gradebook", FILES, "open('$CLASS/gradebook.db', 'rb').read(16)"),
        ("writes-gradebook", "opens the gradebook to write", FILES, "open('$CLASS/gradebook.db', 'r+b').close()"),
        ("reads-secret", "reads the class's secret", FILES, "open('$CLASS/.autograder/secret').read()"),
        (
            "writes-results",
            "writes a result of its own",
            FILES,
            "open('$CLASS/.autograder/results/forged', 'w').close()",
        ),
        (
            "lists-class",
            "lists who is in the class",
            FILES,
            "import os\n'good-a' in os.listdir('$CLASS/submitted') or 1 / 0",
        ),
        (
            "reads-exercises",
            "imports the exercises, to call the reference",
            FILES,
            "import importlib\nimportlib.import_module('autograder.exercises.00_start').EXERCISES[0].reference[0]",
        ),
        (
            "poisons-numpy",
            "opens numpy to write into what the next student imports",
            FILES,
            "import numpy\nopen(numpy.__file__, 'a').close()",
        ),
        ("leaves-file", "leaves a file for the next student", FILES, "open('$TMP/left-behind', 'w').close()"),
        (
            "shares-memory",
            "leaves shared memory for the next student",
            FILES,
            "import os\nname = '/dev/shm/left-behind'\n"
            "open(name, 'w').close()\nassert os.stat(name).st_dev == $SHM\nos.unlink(name)",
        ),
        (
            "reads-grader-environment",
            "reads the environment of the grader",
            PROCESSES,
            FIND + "open(f'/proc/{find(\"autograder.grading.judges\")}/environ').read()",
        ),
        (
            "reads-judge-memory",
            "opens the memory of the judges",
            PROCESSES,
            FIND + "open(f'/proc/{find(\"autograder.grading.judges\")}/mem', 'rb').close()",
        ),
        (
            "signals-grader",
            "signals the process that all kernels come from",
            PROCESSES,
            FIND + "os.kill(find('autograder.kernel.forkserver'), 0)",
        ),
        ("traces-grader", "traces the process that all kernels come from", PROCESSES, TRACE),
        (
            "connects",
            "connects to a server on the grading machine",
            NETWORK,
            "import socket\nsocket.create_connection(('127.0.0.1', $PORT), 5).close()",
        ),
        (
            "connects-locally",
            "connects to a socket that is a file",
            FILES,
            "import socket\nsocket.socket(socket.AF_UNIX).connect('$SOCKET')",
        ),
        (
            "connects-abstractly",
            "connects to a socket that is no file",
            "its own network (net, landlock_scope)",
            "import socket\nsocket.socket(socket.AF_UNIX).connect('\\0$SOCKET')",
        ),
    )
)
ATTACKS = (
    *REACHES,
    Attack(
        "signals-everyone",
        "kills every process that it can",
        "its own processes (pid, user)",
        # Only where it cannot hurt, should the layers fail.
        first="import os, signal\nif os.getuid() and os.getpid() < 10:\n    os.kill(-1, signal.SIGTERM)",
        without=MACHINE,
    ),
    Attack(
        "finds-descriptors",
        "writes to every file that the kernel has inherited",
        "nothing is inherited but the link to the judge",
        first="""
import os
own = ("/dev/", "/usr", "/proc", os.path.dirname(os.getcwd()) + "/")
for number in range(3, 256):
    try:
        path = os.readlink(f"/proc/self/fd/{number}")
    except OSError:
        continue
    if path.startswith("/") and not path.startswith(own):
        print("REACHED" + " IT", path)
""",
        without=ONE_PROCESS,
    ),
)
