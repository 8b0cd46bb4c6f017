import subprocess
import sys


def test_heavy_packages_are_imported_only_when_called():
    script = "import sys, cnnlib.data; print({'torch', 'sklearn', 'skimage', 'matplotlib'} & set(sys.modules))"
    output = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout
    assert output.strip() == "set()"
