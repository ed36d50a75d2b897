"""The Debian package of the programs under test, and machines to install it on."""

import atexit
import functools
import pathlib
import re
import shutil
import subprocess
import tempfile

from programs import ROOT, must

NEXT = "9.0.0-1"
PLACE = "usr/local/share/packages"


def done(*command, seconds=300, **options):
    """What a command prints that must end well."""
    ended = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, timeout=seconds, check=False, **options)
    must(
        ended.returncode == 0,
        f"{command[0]} ended with {ended.returncode}: {ended.stdout[-1500:]}{ended.stderr[-1500:]}")
    return ended.stdout


@functools.cache
def built(programs):
    """The package of these programs, made once in a run."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="muster-package-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for tool in ("dpkg-buildpackage", "dh", "lowdown", "lintian"):
        must(shutil.which(tool), f"{tool} is not installed: run .ci/setup package")
    path = pathlib.Path(done(ROOT / "systemd/debian/build", programs, folder / "made").split()[-1])
    done("dpkg-deb", "--extract", path, folder / "root")
    return path, folder / "root"


def next_version(package, folder):
    """The same programs under a higher version, as an upgrade has them."""
    root = folder / "next"
    done("dpkg-deb", "--raw-extract", package, root)
    control = root / "DEBIAN/control"
    control.write_text(re.sub(r"^Version: .*$", f"Version: {NEXT}", control.read_text(), flags=re.MULTILINE))
    path = folder / "next.deb"
    done("dpkg-deb", "-Znone", "--root-owner-group", "--build", root, path)
    shutil.rmtree(root)
    return path


def machine(package, *others):
    """What makes a box a machine without the package that may start services, with the package beside."""
    def prepare(box):
        # Where systemd does not run, as on the machine below the box, this file keeps packages from starting anything.
        box.place("usr/sbin/policy-rc.d").unlink(missing_ok=True)
        for path in (package, *others):
            box.bind(path, f"{PLACE}/{path.name}")
    return prepare
