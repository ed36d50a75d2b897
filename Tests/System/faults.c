// Faults on purpose in the files below one directory, and bugs planted in a program that has none: what the harnesses
// load into musterd (LD_PRELOAD) to kill it at every call, to fail a call, and to see themselves go red.
//
//   FAULTS_ROOT   the directory; a call on anything else passes untouched
//   FAULTS_LOG    a file that gets each numbered call before it is made, one a line: its number, its name, the path;
//                 and `failed`, its name and the path where the kernel refuses a sync or a write
//   FAULTS_ONLY   names with a comma behind each: only these calls are numbered
//   FAULTS_AT     the number of the call at which FAULTS_DO happens; over all threads, from 1
//   FAULTS_DO     kill: SIGKILL before the call; torn: the same, but a write gets as far as a kernel may let it;
//                 cut: the file system of FAULTS_MOUNT loses power before the call; EIO, ENOSPC: the call fails
//   FAULTS_SLOW   milliseconds that it takes to open a file of the log
//   FAULTS_PLANT  lying: fdatasync does nothing; late: it returns at once, and every eighth does what is owed;
//                 lateWrite: a write is done at the next one; retry: a failed call is made again and believed;
//                 noDirectorySync: fsync of a directory does nothing; noRoom: room is promised and not taken;
//                 noLock: the lock is always free; mute: the service manager is not told of a long start
//
// Calls have the names that strace gives them. Reading a directory's entries and closing a file are not numbered.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE 4096
#define REAL(name) __typeof__(name) *real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static const char *root, *only, *what, *plant;
static long count, chosen, slow;
static int record = -1, device = -1;

// What a planted bug still owes: calls of fdatasync, or bytes to write.
static int owed_syncs, owed_file = -1;
static void *owed_bytes;
static size_t owed_count;
static off_t owed_offset;

__attribute__((constructor)) static void begin(void) {
    root = getenv("FAULTS_ROOT");
    only = getenv("FAULTS_ONLY");
    what = getenv("FAULTS_DO") ?: "";
    plant = getenv("FAULTS_PLANT") ?: "";
    chosen = atol(getenv("FAULTS_AT") ?: "0");
    slow = atol(getenv("FAULTS_SLOW") ?: "0");
    if (getenv("FAULTS_LOG")) record = open(getenv("FAULTS_LOG"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (getenv("FAULTS_MOUNT")) device = open(getenv("FAULTS_MOUNT"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int planted(const char *name) { return strcmp(plant, name) == 0; }

// The part of a path below the root, or NULL.
static const char *below(const char *path) {
    size_t length = root ? strlen(root) : 0;
    if (length == 0 || strncmp(path, root, length) != 0) return NULL;
    return path[length] == '/' ? path + length + 1 : path[length] ? NULL : ".";
}

static const char *below_file(int file, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = root ? readlink(link, path, PAGE - 1) : -1;
    if (length < 0) return NULL;
    path[length] = 0;
    return below(path);
}

static void end(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

// Numbers a call and lets happen what is to happen at it: an error to give back, or 0. `torn` is set where the caller
// has to write a part and end.
static int arrive(const char *name, const char *path, int *torn) {
    char words[64];
    snprintf(words, sizeof words, "%s,", name);
    if (!path || (only && !strstr(only, words))) return 0;
    pthread_mutex_lock(&turn);
    long number = ++count;
    if (record >= 0) dprintf(record, "%ld %s %s\n", number, name, path);
    pthread_mutex_unlock(&turn);
    if (number != chosen) return 0;
    if (strcmp(what, "kill") == 0 || (strcmp(what, "torn") == 0 && !torn)) end();
    if (strcmp(what, "torn") == 0) *torn = 1;
    unsigned quietly = 2;
    if (strcmp(what, "cut") == 0 && ioctl(device, _IOR('X', 125, unsigned), &quietly) != 0) abort();
    if (strcmp(what, "EIO") == 0) return EIO;
    if (strcmp(what, "ENOSPC") == 0) return ENOSPC;
    return 0;
}

// The error of a call, unless it fails here and the planted bug is to make it again.
static int refused(const char *name, const char *path) {
    int error = arrive(name, path, NULL);
    if (error && planted("retry")) return 0;
    errno = error ?: errno;
    return error;
}

// Records that the kernel itself refused a call.
static void note_failure(long result, const char *name, const char *path) {
    int error = errno;
    if (result < 0 && path && record >= 0) dprintf(record, "failed %s %s\n", name, path);
    errno = error;
}

static int open_as(int (*real)(const char *, int, ...), const char *path, int flags, mode_t mode) {
    const char *place = below(path);
    if (slow > 0 && place && strncmp(place, "log/", 4) == 0) usleep((useconds_t)slow * 1000);
    return refused("openat", place) ? -1 : real(path, flags, mode);
}

#define OPEN(name)                                        \
    int name(const char *path, int flags, ...) {          \
        REAL(name);                                       \
        va_list rest;                                     \
        va_start(rest, flags);                            \
        mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0; \
        va_end(rest);                                     \
        return open_as(real, path, flags, mode);          \
    }
OPEN(open)
OPEN(open64)

DIR *opendir(const char *path) {
    REAL(opendir);
    return refused("openat", below(path)) ? NULL : real(path);
}

static void pay(void) {
    if (owed_file < 0) return;
    REAL(pwrite);
    if (real(owed_file, owed_bytes, owed_count, owed_offset) < 0) abort();
    close(owed_file);
    free(owed_bytes);
    owed_file = -1;
}

// As much as a kernel writes before it sees that the process is to end: up to a page's edge.
static void tear(int file, const void *bytes, size_t size, off_t offset) {
    REAL(pwrite);
    off_t edge = (offset + (off_t)size - 1) / PAGE * PAGE;
    if (edge > offset && real(file, bytes, edge - offset, offset) < 0) abort();
    end();
}

static int is_zero(const char *bytes, size_t size) { return size && !*bytes && !memcmp(bytes, bytes + 1, size - 1); }

static ssize_t write_as(
    ssize_t (*real)(int, const void *, size_t, off_t), int file, const void *bytes, size_t size, off_t offset
) {
    char place[PAGE];
    const char *path = below_file(file, place);
    int torn = 0, error = arrive("pwrite64", path, &torn);
    if (torn) tear(file, bytes, size, offset);
    if (error && !planted("retry")) {
        errno = error;
        return -1;
    }
    if (path && planted("noRoom") && strcmp(path, "spare.seg") == 0 && is_zero(bytes, size)) return size;
    if (path && planted("lateWrite")) {
        pay();
        owed_file = dup(file);
        owed_bytes = malloc(size);
        memcpy(owed_bytes, bytes, owed_count = size);
        owed_offset = offset;
        return size;
    }
    ssize_t result = real(file, bytes, size, offset);
    note_failure(result, "pwrite64", path);
    return result;
}

ssize_t pwrite(int file, const void *bytes, size_t size, off_t offset) {
    REAL(pwrite);
    return write_as(real, file, bytes, size, offset);
}

ssize_t pwrite64(int file, const void *bytes, size_t size, off_t offset) {
    REAL(pwrite64);
    return write_as(real, file, bytes, size, offset);
}

#define READ(name)                                                     \
    ssize_t name(int file, void *bytes, size_t size, off_t offset) {   \
        REAL(name);                                                    \
        char place[PAGE];                                              \
        return refused("pread64", below_file(file, place)) ? -1 : real(file, bytes, size, offset); \
    }
READ(pread)
READ(pread64)

int fdatasync(int file) {
    REAL(fdatasync);
    char place[PAGE];
    const char *path = below_file(file, place);
    if (refused("fdatasync", path)) return -1;
    if (path && planted("lying")) return 0;
    if (path && planted("late") && ++owed_syncs % 8 != 0) return 0;
    int result = real(file);
    note_failure(result, "fdatasync", path);
    return result != 0 && path && planted("retry") ? real(file) : result;
}

int fsync(int file) {
    REAL(fsync);
    char place[PAGE];
    const char *path = below_file(file, place);
    if (refused("fsync", path)) return -1;
    if (path && planted("noDirectorySync")) return 0;
    int result = real(file);
    note_failure(result, "fsync", path);
    return result;
}

static int truncate_as(int (*real)(int, off_t), int file, off_t size) {
    char place[PAGE];
    const char *path = below_file(file, place);
    if (refused("ftruncate", path)) return -1;
    if (path && planted("lateWrite")) pay();
    return real(file, size);
}

int ftruncate(int file, off_t size) {
    REAL(ftruncate);
    return truncate_as(real, file, size);
}

int ftruncate64(int file, off_t size) {
    REAL(ftruncate64);
    return truncate_as(real, file, size);
}

static int allocate_as(int (*real)(int, off_t, off_t), int file, off_t offset, off_t size) {
    char place[PAGE];
    const char *path = below_file(file, place);
    int error = refused("fallocate", path);
    if (!error && path && planted("noRoom")) return ftruncate(file, offset + size) ? errno : 0;
    return error ? error : real(file, offset, size);
}

int posix_fallocate(int file, off_t offset, off_t size) {
    REAL(posix_fallocate);
    return allocate_as(real, file, offset, size);
}

int posix_fallocate64(int file, off_t offset, off_t size) {
    REAL(posix_fallocate64);
    return allocate_as(real, file, offset, size);
}

int posix_fadvise(int file, off_t offset, off_t size, int advice) {
    REAL(posix_fadvise);
    char place[PAGE];
    int error = refused("fadvise64", below_file(file, place));
    return error ? error : real(file, offset, size, advice);
}

int rename(const char *path, const char *new_path) {
    REAL(rename);
    return refused("rename", below(path)) ? -1 : real(path, new_path);
}

int unlink(const char *path) {
    REAL(unlink);
    return refused("unlink", below(path)) ? -1 : real(path);
}

int mkdir(const char *path, mode_t mode) {
    REAL(mkdir);
    return refused("mkdir", below(path)) ? -1 : real(path, mode);
}

int flock(int file, int operation) {
    REAL(flock);
    char place[PAGE];
    const char *path = below_file(file, place);
    if (refused("flock", path)) return -1;
    return path && planted("noLock") ? 0 : real(file, operation);
}

int sd_notify(int unset, const char *state) {
    int (*real)(int, const char *) = (int (*)(int, const char *))dlsym(RTLD_NEXT, "sd_notify");
    return planted("mute") && strncmp(state, "EXTEND_TIMEOUT_USEC=", 20) == 0 ? 1 : real(unset, state);
}
