// Writes all members of a Redis set to a file, a line each, by SSCAN with COUNT 1000 over a Unix socket, and prints how
// many lines there were. SSCAN may name a member twice; every line counts, as in its file.

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "wire.h"

#define OUT_SIZE ((size_t)256 << 10)

static struct {
    int descriptor;
    struct bytes in;
    size_t taken;
} server;

static int output;
static struct bytes out;

static void write_all(int descriptor, const char *from, size_t count) {
    while (count > 0) {
        ssize_t put = write(descriptor, from, count);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) fail_errno("write");
        from += put;
        count -= (size_t)put;
    }
}

// Reads on until `count` bytes are there that were not taken yet, and gives the first of them.
static const char *wanted(size_t count) {
    while (server.in.count - server.taken < count) {
        if (server.taken > 0) {
            memmove(server.in.start, server.in.start + server.taken, server.in.count - server.taken);
            server.in.count -= server.taken;
            server.taken = 0;
        }
        reserve(&server.in, OUT_SIZE);
        ssize_t got = read(server.descriptor, server.in.start + server.in.count, server.in.room - server.in.count);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) fail_errno("read");
        if (got == 0) fail("the server closed the connection");
        server.in.count += (size_t)got;
    }
    return server.in.start + server.taken;
}

// The number in a line that begins with `kind`, such as the length of what follows.
static uint64_t header(char kind) {
    size_t length = 0;
    while (wanted(length + 1)[length] != '\n') length++;
    const char *line = wanted(length + 1);
    if (*line != kind || length < 3) {
        fprintf(stderr, "the server answered: %.*s\n", (int)(length < 200 ? length : 200), line);
        exit(1);
    }
    uint64_t value = 0;
    for (size_t index = 1; index + 1 < length; index++) {
        if (line[index] < '0' || line[index] > '9') fail("a length is not a number");
        value = value * 10 + (uint64_t)(line[index] - '0');
    }
    server.taken += length + 1;
    return value;
}

// The next text of the answer; it stands until more is read.
static const char *text(size_t *count) {
    *count = header('$');
    const char *start = wanted(*count + 2);
    server.taken += *count + 2;
    return start;
}

static void ask(const char *key, const char *cursor) {
    char line[256];
    int count = snprintf(
        line, sizeof line, "*5\r\n$5\r\nSSCAN\r\n$%zu\r\n%s\r\n$%zu\r\n%s\r\n$5\r\nCOUNT\r\n$4\r\n1000\r\n",
        strlen(key), key, strlen(cursor), cursor);
    if (count < 0 || (size_t)count >= sizeof line) fail("the key is too long");
    write_all(server.descriptor, line, (size_t)count);
}

// Writes one answer's members, and keeps the cursor that the next question is to name.
static uint64_t take(char cursor[static 32]) {
    if (header('*') != 2) fail("the answer is not that of SSCAN");
    size_t count;
    const char *next = text(&count);
    if (count >= 32) fail("the cursor is too long");
    memcpy(cursor, next, count);
    cursor[count] = 0;
    uint64_t members = header('*');
    for (uint64_t index = 0; index < members; index++) {
        const char *member = text(&count);
        append(&out, member, count);
        append(&out, "\n", 1);
    }
    if (out.count >= OUT_SIZE) {
        write_all(output, out.start, out.count);
        out.count = 0;
    }
    return members;
}

static int connected(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) fail("the path of the socket is too long");
    strcpy(address.sun_path, path);
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) fail_errno("socket");
    if (connect(descriptor, (struct sockaddr *)&address, sizeof address) != 0) fail_errno("connect");
    return descriptor;
}

int main(int count, char **words) {
    if (count != 4) fail("usage: scan SOCKET KEY FILE");
    server.descriptor = connected(words[1]);
    output = open(words[3], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (output < 0) fail_errno("open");
    char cursor[32] = "0";
    uint64_t lines = 0;
    do {
        ask(words[2], cursor);
        lines += take(cursor);
    } while (strcmp(cursor, "0") != 0);
    write_all(output, out.start, out.count);
    if (close(output) != 0) fail_errno("close");
    printf("{\"lines\": %llu}\n", (unsigned long long)lines);
    return 0;
}
