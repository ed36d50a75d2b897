"""Tries what a service has no need of, inside its sandbox or outside any, and prints what came of each try as JSON."""

import ctypes
import errno
import json
import mmap
import os
import pathlib
import socket
import stat
import subprocess
import sys

LIBC = ctypes.CDLL(None, use_errno=True)
TRIES = {}


def tried(function):
    TRIES[function.__name__] = function
    return function


def _checked(result):
    if result in (-1, 2**64 - 1):
        raise OSError(ctypes.get_errno(), "refused")
    return result


def _syscall(number, *arguments):
    LIBC.syscall.restype = ctypes.c_long
    return _checked(LIBC.syscall(ctypes.c_long(number), *[ctypes.c_long(one) for one in arguments]))


def _write(path):
    with open(path, "w", encoding="utf-8") as file:
        file.write("x")
    os.unlink(path)


@tried
def write_beside_the_state():
    _write("/var/lib/trespass")


@tried
def write_in_usr():
    _write("/usr/trespass")


@tried
def write_in_etc():
    _write("/etc/trespass")


@tried
def write_in_the_state():
    _write("/var/lib/musterd/allowed")


@tried
def leave_a_file_in_tmp_for_others():
    pathlib.Path("/tmp/trespass").write_text("x", encoding="utf-8")


@tried
def read_the_homes():
    os.listdir("/root")
    os.listdir("/home")


@tried
def make_memory_executable():
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE)
    address = ctypes.addressof(ctypes.c_char.from_buffer(page))
    _checked(LIBC.mprotect(ctypes.c_void_p(address), 4096, 7))


@tried
def map_executable_memory():
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC).close()


@tried
def open_a_packet_socket():
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0).close()


@tried
def open_a_netlink_socket():
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0).close()


@tried
def open_an_internet_socket():
    socket.socket(socket.AF_INET, socket.SOCK_STREAM).close()


@tried
def see_other_processes():
    if "1" not in os.listdir("/proc"):
        raise OSError(errno.ENOENT, "only its own")
    pathlib.Path("/proc/1/cmdline").read_bytes()


@tried
def read_the_kernels_settings():
    pathlib.Path("/proc/sys/kernel/hostname").read_text(encoding="utf-8")


@tried
def trace_another_process():
    child = subprocess.Popen(["/bin/sleep", "20"])
    try:
        _checked(LIBC.ptrace(ctypes.c_long(16), ctypes.c_long(child.pid), None, None))
        os.waitpid(child.pid, 0)
        _checked(LIBC.ptrace(ctypes.c_long(17), ctypes.c_long(child.pid), None, None))
    finally:
        child.kill()
        child.wait()


@tried
def make_a_namespace():
    child = os.fork()
    if child == 0:
        done = LIBC.unshare(0x10000000)  # a user namespace, which any user may have
        os._exit(ctypes.get_errno() if done else 0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code:
        raise OSError(code, "refused")


@tried
def mount_something():
    _checked(LIBC.mount(b"none", b"/mnt", b"tmpfs", 0, None))
    _checked(LIBC.umount2(b"/mnt", 2))


@tried
def make_a_device():
    os.mknod("/dev/shm/trespass", stat.S_IFCHR | 0o600, os.makedev(1, 3))
    os.unlink("/dev/shm/trespass")


@tried
def set_the_hosts_name():
    _checked(LIBC.sethostname(b"trespass", 8))


@tried
def set_the_clock():
    _syscall(227, 0, 0)  # clock_settime without a time: EFAULT where it is allowed


@tried
def become_root():
    _checked(LIBC.setuid(0))
    if os.getuid() != 0:
        raise OSError(errno.EPERM, "refused")


@tried
def gain_by_a_setuid_program():
    if "NoNewPrivs:\t1" in pathlib.Path("/proc/self/status").read_text(encoding="utf-8"):
        raise OSError(errno.EPERM, "no new privileges")


@tried
def make_a_setuid_file():
    path = pathlib.Path("/var/lib/musterd/trespass")
    path.write_text("x", encoding="utf-8")
    try:
        path.chmod(0o4755)
    finally:
        path.unlink()


@tried
def be_given_real_time():
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


@tried
def call_as_another_machine():
    _checked(LIBC.personality(ctypes.c_ulong(8)))  # that of a 32-bit one


@tried
def leave_a_core():
    import resource
    if resource.getrlimit(resource.RLIMIT_CORE)[1] == 0:
        raise OSError(errno.EPERM, "no core files")


@tried
def make_files_for_others():
    mask = os.umask(0)
    os.umask(mask)
    if mask & 0o077 == 0o077:
        raise OSError(errno.EPERM, "for its user only")


def main():
    told = {}
    for name, function in TRIES.items():
        try:
            function()
            told[name] = "done"
        except OSError as problem:
            told[name] = errno.errorcode.get(problem.errno, str(problem.errno))
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
