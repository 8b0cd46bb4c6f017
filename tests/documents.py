"""The documents as tests read them: their blocks of code, and the commands that a reader would type."""

import contextlib
import io
import re
import shlex
from dataclasses import dataclass
from doctest import ELLIPSIS, NORMALIZE_WHITESPACE, OutputChecker
from pathlib import Path

from autograder.cli import main

ROOT = Path(__file__).parents[1]
LESSON = "01_convolution"  # which the class of the documents hands in
FENCE = re.compile(r"```(\S*) ?(.*)")
TYPED = ("console", "sh", "bash", "powershell")
PROGRESS = re.compile(r"^\d+ of \d+ \w+, about .*\n", re.MULTILINE)  # which a slow machine is told


@dataclass(frozen=True)
class Block:
    """A fenced block (`kind` is its language, `file` what stands behind it), or an indented one of no kind."""

    line: int
    kind: str
    file: str
    text: str


@dataclass(frozen=True)
class Command:
    """What a reader types, and the lines that the page says it prints, if it says any."""

    line: int
    typed: str
    printed: str | None = None


def blocks(path):
    """The blocks of a page, in order."""
    lines = path.read_text(encoding="utf-8").splitlines()
    at = 0
    while at < len(lines):
        start = at
        if fence := FENCE.fullmatch(lines[at]):
            at = lines.index("```", at + 1)
            yield Block(start + 1, fence[1], fence[2], "\n".join(lines[start + 1 : at]) + "\n")
        elif lines[at].startswith("    ") and not lines[at - 1].strip():
            while at < len(lines) and lines[at].startswith("    "):
                at += 1
            yield Block(start + 1, "", "", "\n".join(line[4:] for line in lines[start:at]) + "\n")
        at += 1


def commands(block):
    """The commands of a block: those after `$ ` of a console; all lines, where none has such a prompt."""
    prompts = [*re.finditer(r"^\$ (.+)\n", block.text, re.MULTILINE)]
    if block.kind == "" or (block.kind in TYPED and not prompts):
        for number, line in enumerate(block.text.splitlines()):
            yield Command(block.line + number, line)
    elif block.kind in TYPED:
        for prompt, after in zip(prompts, [*prompts[1:], None], strict=True):
            printed = block.text[prompt.end() : after.start() if after else None]
            yield Command(block.line + 1 + block.text[: prompt.start()].count("\n"), prompt[1], printed)


def page_commands(path):
    return [command for block in blocks(path) for command in commands(block)]


class Reader:
    """Somebody who types the commands of a page into a terminal: `~` is their home."""

    def __init__(self, home, monkeypatch):
        self.home, self._monkeypatch = home, monkeypatch

    def type(self, command, folder, status=0):
        """Run a command of ours in a folder, and hold what it prints to what the page shows; what it printed."""
        self._monkeypatch.chdir(folder)
        program, *arguments = shlex.split(command.typed, comments=True)
        assert program == "autograder", f"line {command.line}: {command.typed!r} is run by nobody, and no exception"
        arguments = [self._at_home(argument) for argument in arguments]
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            ended = main(arguments)
        printed = PROGRESS.sub("", said.getvalue()).replace(str(self.home), "~")
        assert ended == status, f"line {command.line}: {command.typed} ended with {ended}\n{printed}"
        if command.printed is not None:
            wanted = re.sub(r"\s*…\s*", "...", command.printed)
            assert OutputChecker().check_output(wanted, printed, ELLIPSIS | NORMALIZE_WHITESPACE), printed
        return printed

    def read(self, path, folder, exceptions=(), statuses=()):
        """Type all commands of a page, in order, but for those that an exception names."""
        statuses = dict(statuses)
        for command in page_commands(path):
            if not is_excepted(command, exceptions):
                self.type(command, folder, statuses.pop(command.typed.split(" #")[0].strip(), 0))
        assert not statuses, f"{path.name} has no such command: {statuses}"

    def _at_home(self, argument):
        return str(self.home) + argument[1:] if argument.startswith("~") else argument


def is_excepted(command, exceptions):
    return any(re.match(pattern, command.typed) for pattern in exceptions)
