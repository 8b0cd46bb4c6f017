"""Stock nbgrader, told what to do through its own API in a process of its own, and what a gradebook then holds."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing

# One process for all steps: an import of nbgrader takes longer than most of them.
DRIVER = """
import json, os, sys
from nbgrader.apps import NbGrader, NbGraderAPI
for folder, steps in json.load(sys.stdin):
    os.chdir(folder)
    app = NbGrader()
    app.load_config_file()
    api = NbGraderAPI(config=app.config)
    for step, *arguments in steps:
        if step == "rename":
            os.rename(*arguments)
            continue
        done = getattr(api, step)(*arguments, force=True)
        print(json.dumps([step, done["success"], done.get("log") or done.get("error")]))
"""


def run(*work):
    """Do (folder, steps) after (folder, steps); a step is "rename" or a method of nbgrader's API, with its arguments.

    The (step, whether nbgrader was content, its log) of each.
    """
    path = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])  # it starts alembic by name
    done = subprocess.run(
        [sys.executable, "-c", DRIVER],
        input=json.dumps([(str(folder), steps) for folder, steps in work]),
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return [tuple(json.loads(line)) for line in done.stdout.splitlines() if line.startswith('["')]


def grades(folder):
    """(student, notebook, cell) -> (automatic score, whether a person must look, most), from the gradebook."""
    query = """
        select a.student_id, b.name, c.name, g.auto_score, g.needs_manual_grade,
               coalesce(gc.max_score, tc.max_score)
        from grade g join submitted_notebook n on n.id = g.notebook_id
        join submitted_assignment a on a.id = n.assignment_id join notebook b on b.id = n.notebook_id
        join base_cell c on c.id = g.cell_id
        left join grade_cells gc on gc.id = c.id left join task_cells tc on tc.id = c.id"""
    with closing(sqlite3.connect(folder / "gradebook.db")) as database:
        return {tuple(row[:3]): tuple(row[3:]) for row in database.execute(query)}
