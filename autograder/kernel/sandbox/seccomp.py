"""seccomp: system calls that no notebook needs, refused.

Through libseccomp itself, which knows each processor's numbers; its Python binding on the package index has not
changed since 2021 and would be one more dependency for these five functions.
"""

import ctypes
import errno
import os
import socket

ALLOW = 0x7FFF_0000
REFUSE = 0x0005_0000  # or'ed with the error the caller gets
EQUAL, AT_LEAST, MASKED_EQUAL = 4, 5, 7
LAST_FAMILY = 64  # of sockets; Linux has fewer than fifty
NAMESPACES = 0x7E02_0080  # the CLONE_NEW* flags

# Each with why: it reaches into other processes, changes what the kernel sees, or is a way round the other layers.
REFUSED = (
    *("ptrace", "process_vm_readv", "process_vm_writev", "kcmp", "pidfd_getfd", "process_madvise"),
    *("mount", "umount2", "pivot_root", "chroot", "move_mount", "open_tree", "fsopen", "fsmount", "fspick"),
    *("fsconfig", "mount_setattr", "open_by_handle_at", "name_to_handle_at", "swapon", "swapoff"),
    *("unshare", "setns", "bpf", "perf_event_open", "userfaultfd", "fanotify_init"),
    *("keyctl", "add_key", "request_key", "kexec_load", "kexec_file_load"),
    *("init_module", "finit_module", "delete_module", "reboot", "acct", "quotactl", "syslog"),
    *("io_uring_setup", "io_uring_enter", "io_uring_register"),
    # Memory that belongs to no process, which the watchdog cannot see.
    *("memfd_create", "memfd_secret", "shmget", "msgget", "mq_open"),
)


class _Argument(ctypes.Structure):
    _fields_ = (
        ("number", ctypes.c_uint),
        ("comparison", ctypes.c_int),
        ("first", ctypes.c_uint64),
        ("second", ctypes.c_uint64),
    )


def library() -> ctypes.CDLL:
    """libseccomp, or OSError."""
    loaded = ctypes.CDLL("libseccomp.so.2", use_errno=True)
    loaded.seccomp_init.restype = ctypes.c_void_p
    loaded.seccomp_init.argtypes = [ctypes.c_uint32]
    loaded.seccomp_load.argtypes = loaded.seccomp_release.argtypes = [ctypes.c_void_p]
    loaded.seccomp_rule_add_array.argtypes = [
        *(ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint, ctypes.POINTER(_Argument))
    ]
    return loaded


def refuse_calls(*, internet: bool) -> None:
    """Refuse, for good, the calls above, new namespaces, and sockets but for local and, if so told, internet ones."""
    # libzmq asks for the network interfaces by netlink, and aborts where it may not.
    families = {socket.AF_UNIX, socket.AF_NETLINK, *((socket.AF_INET, socket.AF_INET6) if internet else ())}
    seccomp = library()
    rules = seccomp.seccomp_init(ALLOW)
    if not rules:
        raise OSError("seccomp_init failed")
    try:
        for name in REFUSED:
            _refuse(seccomp, rules, name, errno.EPERM)
        # clone3 keeps its flags in memory, where a filter cannot look: the C library falls back to clone.
        _refuse(seccomp, rules, "clone3", errno.ENOSYS)
        for bit in range(32):
            if NAMESPACES >> bit & 1:
                flag = 1 << bit
                _refuse(seccomp, rules, "clone", errno.EPERM, _Argument(0, MASKED_EQUAL, flag, flag))
        for family in set(range(LAST_FAMILY)) - families:
            _refuse(seccomp, rules, "socket", errno.EPERM, _Argument(0, EQUAL, family, 0))
        _refuse(seccomp, rules, "socket", errno.EPERM, _Argument(0, AT_LEAST, LAST_FAMILY, 0))
        _check("seccomp_load", seccomp.seccomp_load(rules))
    finally:
        seccomp.seccomp_release(rules)


def _refuse(seccomp: ctypes.CDLL, rules: int, name: str, error: int, *arguments: _Argument) -> None:
    number = seccomp.seccomp_syscall_resolve_name(name.encode())
    if number == -1:  # a call that this version of the library does not know by name
        return
    array = (_Argument * len(arguments))(*arguments)
    added = seccomp.seccomp_rule_add_array(rules, REFUSE | error, number, len(arguments), array)
    _check(name, added)


def _check(what: str, result: int) -> None:
    if result < 0:
        raise OSError(-result, f"seccomp: {what}: {os.strerror(-result)}")
