"""Who is in a class and what was assigned, as its gradebook knows it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Student:
    """A student; all but the id may be unknown."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_user_id: str = ""

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True)
class Assigned:
    """An assignment: the points there are, and when it is due by the gradebook."""

    name: str
    most: float
    due: datetime | None = None
