"""Which cluster grades: the options of a command line. Light: Dask is imported by who uses the cluster."""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import UserError

TLS = ("tls_ca_file", "tls_cert", "tls_key")
SCHEMES = ("tcp://", "tls://")


@dataclass(frozen=True)
class Scheduler:
    """Where a scheduler listens, and the files of TLS; without any, Dask's own configuration has them."""

    address: str
    tls: dict[str, str]


def configure(parser: argparse.ArgumentParser) -> None:
    cluster = parser.add_argument_group("on a Dask cluster")
    cluster.add_argument("--scheduler", metavar="ADDRESS", help="tcp://HOST:PORT, tls://…, or the scheduler's file")
    cluster.add_argument("--tls-ca-file", metavar="FILE", help="the authority that signed the cluster's certificates")
    cluster.add_argument("--tls-cert", metavar="FILE", help="our certificate")
    cluster.add_argument("--tls-key", metavar="FILE", help="its private key, if it is not in the same file")


def scheduler_of(options: argparse.Namespace) -> Scheduler | None:
    """The scheduler that was asked for, if one was."""
    given = {name: str(getattr(options, name)) for name in TLS if getattr(options, name)}
    if options.scheduler is None and not given:
        return None
    address = _address(options.scheduler) if options.scheduler is not None else None
    if address is None or (given and not address.startswith("tls://")):
        raise UserError(f"--{next(iter(given)).replace('_', '-')} needs --scheduler tls://HOST:PORT")
    if not address.startswith(SCHEMES):
        raise UserError(f"--scheduler {address}: an address begins with {' or '.join(SCHEMES)}")
    if given and not {"tls_ca_file", "tls_cert"} <= given.keys():
        raise UserError("of the TLS files, at least --tls-ca-file and --tls-cert are needed")
    for name, path in given.items():
        if not Path(path).is_file():
            raise UserError(f"--{name.replace('_', '-')} {path}: there is no such file")
    return Scheduler(address, given)


def _address(where: str) -> str:
    """The address itself, or that which `dask scheduler --scheduler-file` wrote."""
    if not where.endswith(".json"):
        return where
    try:
        return str(json.loads(Path(where).read_text(encoding="utf-8"))["address"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"--scheduler {where} is no file of a scheduler: {type(error).__name__}: {error}") from None
