"""A class that was given two lessons."""

import pytest
from collected_class import LANGUAGES, LESSONS, Course, notebook


@pytest.fixture
def course(tmp_path, capsys):
    folder = tmp_path / "class"
    for lesson in LESSONS:
        for language in LANGUAGES:
            path = folder / f".autograder/editions/{lesson}/{language}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(notebook(lesson, language))
    (folder / "nbgrader_config.py").write_text('c = get_config()\nc.CourseDirectory.course_id = "small"\n')
    return Course(folder, capsys)
