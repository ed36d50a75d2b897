import Testing

@testable import muster

@Suite struct `Another program` {
    @Test func `is run with its arguments as they are, and tells its output and status`() {
        #expect(
            Subprocess.run("/bin/echo", ["a b", "$HOME;", "*"], seconds: 60)
                == .ended(0, "a b $HOME; *\n"))
        #expect(Subprocess.run("/bin/false", [], seconds: 60) == .ended(1, ""))
        #expect(
            Subprocess.run("/bin/sh", ["-c", "echo x; kill -9 $$"], seconds: 60)
                == .ended(137, "x\n"))
    }

    @Test func `is ended when its time is over or it says too much`() {
        #expect(Subprocess.run("/bin/sleep", ["600"], seconds: 0) == .late)
        #expect(Subprocess.run("/bin/cat", ["/dev/zero"], seconds: 60) == .late)
    }

    @Test func `that is not there is said to have failed`() {
        #expect(Subprocess.run("/bin/there is none", [], seconds: 60) == .failed(2))
    }

    @Test func `has neither the caller's input nor its variables`() {
        #expect(Subprocess.run("/bin/cat", [], seconds: 60) == .ended(0, ""))
        #expect(
            Subprocess.run("/usr/bin/env", [], seconds: 60)
                == .ended(0, "LC_ALL=C\nPATH=/usr/bin:/bin\nSYSTEMD_PAGER=\n"))
    }
}
