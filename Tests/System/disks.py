"""Real file systems on loop devices, whose power can be cut and whose room can run out."""

import contextlib
import ctypes
import fcntl
import os
import pathlib
import shutil
import struct
import subprocess

from programs import Failure, Skipped, must

# _IOR('X', 125, __u32), and its flag for "leave the journal as it is on the disk".
FS_IOC_SHUTDOWN, NO_LOG_FLUSH = 0x8004587D, 2
PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
CLONE_NEWNS = 0x00020000
MAKE = {
    "ext4": (96 << 20, "mkfs.ext4 -q -F -b 4096 -m 0 -J size=8 -E lazy_itable_init=0,nodiscard".split()),
    "xfs": (320 << 20, "mkfs.xfs -q -f -K".split()),
}
private = []


def needs(*tools):
    """Skips the scenario where it cannot run: without a tool, or without root."""
    for tool in tools:
        if not shutil.which(tool, path=PATH):
            raise Skipped(f"there is no {tool}")
    if os.geteuid() != 0:
        raise Skipped("it needs root")


def needs_disks():
    """Skips where no image can be mounted."""
    needs("mount", "umount", "mkfs.ext4", "mkfs.xfs")
    if not os.path.exists("/dev/loop-control"):
        raise Skipped("there are no loop devices")
    if not separated():
        raise Skipped("mounts are not allowed here")


def separated():
    """Whether this process may mount; what it mounts is gone with it, even where it is killed."""
    if not private:
        private.append(os.geteuid() == 0 and ctypes.CDLL(None).unshare(CLONE_NEWNS) == 0)
        if private[0]:
            run("mount", "--make-rprivate", "/")
    return private[0]


def quicken(folder):
    """Lets a folder lie in memory where that is allowed: for faults that a real disk makes no difference to."""
    if separated():
        run("mount", "-t", "tmpfs", "-o", "size=256m,mode=700", "tmpfs", str(folder))


def run(*command):
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
        env={**os.environ, "PATH": PATH})
    must(done.returncode == 0, f"{' '.join(map(str, command))} failed: {done.stderr}")


class Room:
    """A tmpfs of limited size."""

    def __init__(self, point, size):
        self.point = pathlib.Path(point)
        self.point.mkdir(mode=0o700, exist_ok=True)
        run("mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", str(self.point))

    def resize(self, size):
        run("mount", "-o", f"remount,size={size}", str(self.point))

    def fill(self, leave):
        """Takes all room but so many bytes."""
        with open(self.point / "filler", "wb", buffering=0) as filler:
            with contextlib.suppress(OSError):
                while filler.write(bytes(1 << 16)):
                    pass
            size = filler.seek(0, os.SEEK_END)
            while True:
                with contextlib.suppress(OSError):
                    filler.write(bytes(1 << 12))
                    continue
                break
            size = filler.seek(0, os.SEEK_END)
            filler.truncate(max(0, size - leave))

    def clear(self):
        (self.point / "filler").unlink(missing_ok=True)

    def end(self):
        run("umount", "-l", str(self.point))


class Disk:
    """An ext4 or XFS image in a tmpfs, mounted through a loop device."""

    def __init__(self, folder, kind, room="512m"):
        self.kind, self.size = kind, MAKE[kind][0]
        self.room = Room(folder / f"room-{kind}", room)
        self.image, self.point = self.room.point / "image", folder / f"disk-{kind}"
        self.point.mkdir(mode=0o700)
        self.mounted = False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.mounted:
            subprocess.run(["umount", "-l", str(self.point)], check=False, timeout=60)
        with contextlib.suppress(Failure):
            self.room.end()
        self.room.point.rmdir()
        self.point.rmdir()

    def make(self):
        """A new file system, mounted."""
        if self.mounted:
            self.unmount()
        self.image.unlink(missing_ok=True)
        with open(self.image, "wb") as image:
            image.truncate(self.size)
        run(*MAKE[self.kind][1], str(self.image))
        self.mount()

    def mount(self):
        run("mount", "-o", "loop", "-t", self.kind, str(self.image), str(self.point))
        self.mounted = True

    def unmount(self):
        run("umount", str(self.point))
        self.mounted = False

    def cut(self):
        """Takes the power away: what the file system has not written to the disk is gone, and nothing follows."""
        point = os.open(self.point, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.ioctl(point, FS_IOC_SHUTDOWN, struct.pack("I", NO_LOG_FLUSH))
        finally:
            os.close(point)

    def sync(self):
        run("sync", "-f", str(self.point))

    def single_pages(self):
        """Lets no request be larger than a page: the loop driver calls a larger one that it did half a success."""
        with open("/proc/self/mounts", encoding="utf-8") as mounts:
            device, = [line.split()[0] for line in mounts if line.split()[1] == str(self.point)]
        pathlib.Path(f"/sys/block/{pathlib.Path(device).name}/queue/max_sectors_kb").write_text("4")

    def dig(self):
        """Gives the blocks that hold only zeros back, as thin storage does."""
        run("fsfreeze", "-f", str(self.point))
        try:
            run("fallocate", "--dig-holes", str(self.image))
        finally:
            run("fsfreeze", "-u", str(self.point))
