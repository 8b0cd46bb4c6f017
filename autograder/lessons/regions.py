"""Where a cell holds its solution: between `### BEGIN SOLUTION` and `### END SOLUTION`."""

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


class RegionError(ValueError):
    """The two markers do not pair up."""


def solution_lines(source: str) -> set[int]:
    """The numbers, from 0, of the lines of all solutions in a cell, their markers included."""
    inside = False
    lines = set()
    for number, line in enumerate(source.split("\n")):
        if "BEGIN SOLUTION" in line or "END SOLUTION" in line:
            mark = line.strip()
            if mark not in (BEGIN, END):
                raise RegionError(f"{mark!r} must be exactly {BEGIN!r} or {END!r}, alone on its line")
            if (mark == BEGIN) == inside:
                raise RegionError(f"{mark} at line {number + 1} of the cell does not pair with the one before")
            lines.add(number)
            inside = mark == BEGIN
        elif inside:
            lines.add(number)
    if inside:
        raise RegionError(f"{BEGIN} is never closed; add {END}")
    return lines


def split_solution(source: str) -> tuple[str, str]:
    """A cell without its solution, and the solution without its markers."""
    inside = solution_lines(source)
    lines = list(enumerate(source.split("\n")))
    outer = [line for number, line in lines if number not in inside]
    inner = [line for number, line in lines if number in inside and line.strip() not in (BEGIN, END)]
    return "\n".join(outer).strip("\n"), "\n".join(inner).strip("\n")
