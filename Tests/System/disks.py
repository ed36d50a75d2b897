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
CLONE_NEWNS = 0x00020000
MAKE = {
    "ext4": (96 << 20, ["mkfs.ext4", "-q", "-F", "-m", "0", "-J", "size=8", "-E", "lazy_itable_init=0,nodiscard"]),
    "xfs": (320 << 20, ["mkfs.xfs", "-q", "-f", "-K"]),
}
private = []


def needs(*tools, root=True):
    """Skips the scenario where it cannot run."""
    for tool in tools:
        if not shutil.which(tool, path=os.environ["PATH"] + ":/usr/sbin:/sbin"):
            raise Skipped(f"there is no {tool}")
    if root and os.geteuid() != 0:
        raise Skipped("only root may mount")


def needs_disks():
    """Skips where no image can be mounted; mounts are seen by this process and its children alone from here on."""
    needs("mount", "umount", "mkfs.ext4", "mkfs.xfs")
    if not os.path.exists("/dev/loop-control"):
        raise Skipped("there are no loop devices")
    if not private:
        # A runner that is killed leaves no mount and no loop device behind.
        if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNS) != 0:
            raise Skipped(f"mounts are not allowed here: {os.strerror(ctypes.get_errno())}")
        run("mount", "--make-rprivate", "/")
        private.append(True)


def run(*command):
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
        env={**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin"})
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

    def dig(self):
        """Gives the blocks that hold only zeros back, as thin storage does."""
        run("fsfreeze", "-f", str(self.point))
        try:
            run("fallocate", "--dig-holes", str(self.image))
        finally:
            run("fsfreeze", "-u", str(self.point))
