// The physical limit: answers protocol 1 with the writes that Muster would do, and does nothing else.
//
// For every turn of its epoll loop one pwrite of as many bytes as Muster's commit would have, into a file that was
// written with zeros beforehand, one fdatasync, and then the answers. It reads of a request only the id; it decides
// nothing, keeps nothing and checks nothing. At the end of the file it begins again, so no segment is ever made.
//
//     writes --socket PATH --file PATH --record BYTES [--batch MEMBERS] [--size BYTES]
//
// --record is what one command takes in a commit beside its members; a command with a list has --batch members. A file
// that has the size already is taken for one of an earlier run.

#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "wire.h"

// proto-docs/log.md, 4 and 7: a commit's header, the salt before its identities, and the magic at its end.
#define COMMIT_HEADER 136
#define SALT 16
#define END_MAGIC 4
#define SLOT 32
#define PIECE ((size_t)1 << 20)
#define MOST_READY 256

struct connection {
    int descriptor;
    bool is_ready, is_blocked;
    struct bytes in, out;
    size_t taken, sent;
};

static struct {
    const char *socket, *file;
    uint64_t record, batch, size;
} options = {.batch = 1, .size = 256 << 20};

static int poller, listener, file;
static uint64_t offset;
static struct bytes commit;
static struct connection *ready[MOST_READY];
static int ready_count;
// What the commands of this turn append; a ping appends nothing.
static uint64_t appending;

static void make_file(void) {
    file = open(options.file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) fail_errno("open");
    if (lseek(file, 0, SEEK_END) == (off_t)options.size) return;
    char *zeros = calloc(PIECE, 1);
    if (zeros == NULL) fail_errno("calloc");
    for (uint64_t at = 0; at < options.size; at += PIECE)
        if (pwrite(file, zeros, PIECE, (off_t)at) != (ssize_t)PIECE) fail_errno("pwrite");
    free(zeros);
    if (fsync(file) != 0) fail_errno("fsync");
}

static void write_commit(void) {
    if (appending == 0) return;
    uint64_t body = SALT + appending;
    uint64_t length = COMMIT_HEADER + ((body + END_MAGIC + 7) & ~(uint64_t)7);
    if (length > options.size) fail("a turn's commands do not fit the file; give a larger --size");
    if (commit.room < length) {
        size_t filled = commit.room;
        reserve(&commit, length);
        for (; filled < commit.room; filled++) commit.start[filled] = (char)(filled * 131 + 1);
    }
    if (offset + length > options.size) offset = 0;
    if (pwrite(file, commit.start, length, (off_t)offset) != (ssize_t)length) fail_errno("pwrite");
    if (fdatasync(file) != 0) fail_errno("fdatasync");
    offset += length;
    appending = 0;
}

static void watch(struct connection *connection, bool is_blocked) {
    if (connection->is_blocked == is_blocked) return;
    connection->is_blocked = is_blocked;
    // Who does not read the answers is not read either.
    struct epoll_event event = {.events = is_blocked ? EPOLLOUT : EPOLLIN, .data.ptr = connection};
    if (epoll_ctl(poller, EPOLL_CTL_MOD, connection->descriptor, &event) != 0) fail_errno("epoll_ctl");
}

static void close_connection(struct connection *connection) {
    close(connection->descriptor);
    free(connection->in.start);
    free(connection->out.start);
    free(connection);
}

static void answer(struct connection *connection, const char *body, size_t count) {
    uint64_t id;
    size_t end;
    if (!read_id(body, count, &id, &end)) fail("a request that does not begin with its id");
    size_t looked = count - end < 128 ? count - end : 128;
    bool is_add = memmem(body + end, looked, "member.add", 10) != NULL;
    uint64_t members = memmem(body + end, looked, "\"members\":", 10) != NULL ? options.batch : 1;
    size_t reply = begin_frame(&connection->out);
    append_text(&connection->out, "{\"id\":");
    append_number(&connection->out, id);
    append_text(&connection->out, ",\"result\":{\"added\":");
    append_number(&connection->out, is_add ? members : 0);
    append_text(
        &connection->out,
        ",\"unchanged\":0,\"rejected\":[],\"rejectedCount\":0,\"members\":1000000},\"position\":1000000,"
        "\"version\":1000000}");
    end_frame(&connection->out, reply);
    if (is_add) appending += options.record + members * SLOT;
}

static void receive(struct connection *connection) {
    struct bytes *in = &connection->in;
    reserve(in, 256 << 10);
    ssize_t got = recv(connection->descriptor, in->start + in->count, in->room - in->count, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) return close_connection(connection);
    in->count += (size_t)got;
    int64_t body;
    while ((body = frame_body(in->start + connection->taken, in->count - connection->taken)) >= 0) {
        answer(connection, in->start + connection->taken + FRAME_HEADER, (size_t)body);
        connection->taken += FRAME_HEADER + (size_t)body;
    }
    memmove(in->start, in->start + connection->taken, in->count - connection->taken);
    in->count -= connection->taken;
    connection->taken = 0;
    ready[ready_count++] = connection;
}

static void send_out(struct connection *connection) {
    while (connection->sent < connection->out.count) {
        ssize_t put = send(
            connection->descriptor, connection->out.start + connection->sent,
            connection->out.count - connection->sent, MSG_NOSIGNAL);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0 && errno == EAGAIN) return watch(connection, true);
        if (put < 0) break; // the client is gone, which its next read tells
        connection->sent += (size_t)put;
    }
    connection->out.count = connection->sent = 0;
    watch(connection, false);
}

static void accept_connection(void) {
    int descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor < 0) fail_errno("accept");
    struct connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL) fail_errno("calloc");
    connection->descriptor = descriptor;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event) != 0) fail_errno("epoll_ctl");
}

static void listen_there(void) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(options.socket) >= sizeof address.sun_path) fail("the path of the socket is too long");
    strcpy(address.sun_path, options.socket);
    unlink(options.socket);
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) != 0) fail_errno("bind");
    if (listen(listener, 256) != 0) fail_errno("listen");
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    poller = epoll_create1(EPOLL_CLOEXEC);
    if (poller < 0 || epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event) != 0) fail_errno("epoll");
}

static void turn(void) {
    struct epoll_event events[MOST_READY];
    int count = epoll_wait(poller, events, MOST_READY, -1);
    if (count < 0 && errno == EINTR) return;
    if (count < 0) fail_errno("epoll_wait");
    ready_count = 0;
    for (int index = 0; index < count; index++) {
        struct connection *connection = events[index].data.ptr;
        if (connection == NULL) accept_connection();
        else if (connection->is_blocked) send_out(connection);
        else receive(connection);
    }
    write_commit();
    for (int index = 0; index < ready_count; index++) send_out(ready[index]);
}

int main(int count, char **words) {
    for (int index = 1; index < count; index += 2) {
        if (index + 1 == count) fail("an option lacks its value");
        const char *word = words[index], *value = words[index + 1];
        if (strcmp(word, "--socket") == 0) options.socket = value;
        else if (strcmp(word, "--file") == 0) options.file = value;
        else if (strcmp(word, "--record") == 0) options.record = number(value);
        else if (strcmp(word, "--batch") == 0) options.batch = number(value);
        else if (strcmp(word, "--size") == 0) options.size = number(value) / PIECE * PIECE;
        else fail("an option is not known");
    }
    if (options.socket == NULL || options.file == NULL || options.record == 0)
        fail("give --socket, --file and --record");
    make_file();
    listen_there();
    while (true) turn();
}
