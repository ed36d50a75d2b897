// Drives a server over its Unix socket with commands that are all new, records how long each took, and prints one
// JSON object.
//
// Two ways to drive: closed, N connections that keep D commands each under way; or paced (--every), a command at
// every due time whether or not the earlier ones were answered, timed from when it was due, so that a pause of the
// server is seen by every command that fell into it.
//
// Any answer other than the success that a new member must have is an error, and errors fail the run.

#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>

#include "request.h"
#include "wire.h"

struct connection {
    int descriptor;
    bool is_blocked;
    struct bytes out;
    size_t sent;
    struct bytes in;
    size_t taken;
    // When each command under way began, by its number; Redis answers in order and Muster names the number.
    int64_t *began;
    uint64_t asked, answered;
};

struct options {
    const char *socket;
    int connections;
    uint64_t depth;
    double seconds, warmup;
    uint64_t commands;
    int64_t every;
    bool is_realtime;
    struct request request;
};

// More latencies than any run has; the pages come when they are written.
#define MOST_LATENCIES ((size_t)1 << 28)
#define WORST 16
// More commands than fall due in any pause that is still waited for.
#define PACED_DEPTH 65536
#define SAME_PAUSE 50000000
#define PAUSE_TENTHS 200000u
// How long the last answers are waited for.
#define DRAIN_NANOSECONDS 30000000000

static struct options options;
static struct connection *connections;
static int poller;
static uint32_t *latencies; // tenths of a microsecond
static size_t latency_count;
static uint64_t asked, answered, errors;
static int64_t start, window_start, window_end, last_answer, latest_send;
static volatile sig_atomic_t is_stopped;
static struct { int64_t at; uint32_t tenths; } worst[WORST];

static void stop(int number) {
    (void)number;
    is_stopped = 1;
}

// Keeps the longest, one for each stretch of SAME_PAUSE, since all commands that fell into a pause tell of it.
static void note_worst(int64_t at, uint32_t tenths) {
    size_t least = 0;
    for (size_t index = 0; index < WORST; index++) {
        if (worst[index].tenths > 0 && llabs(at - worst[index].at) < SAME_PAUSE) {
            if (tenths <= worst[index].tenths) return;
            least = index;
            break;
        }
        if (worst[index].tenths < worst[least].tenths) least = index;
    }
    if (tenths <= worst[least].tenths) return;
    worst[least].at = at;
    worst[least].tenths = tenths;
}

static void record(int64_t began, int64_t now) {
    last_answer = now;
    if (now < window_start || now >= window_end) return;
    int64_t tenths = (now - began) / 100;
    uint32_t kept = tenths > UINT32_MAX ? UINT32_MAX : (uint32_t)tenths;
    if (latency_count == MOST_LATENCIES) fail("more commands than can be recorded");
    latencies[latency_count++] = kept;
    note_worst(began, kept);
}

static void watch(struct connection *connection, bool is_blocked) {
    if (connection->is_blocked == is_blocked) return;
    connection->is_blocked = is_blocked;
    struct epoll_event event = {
        .events = EPOLLIN | (is_blocked ? EPOLLOUT : 0), .data.ptr = connection};
    if (epoll_ctl(poller, EPOLL_CTL_MOD, connection->descriptor, &event) != 0) fail_errno("epoll_ctl");
}

static void send_out(struct connection *connection) {
    while (connection->sent < connection->out.count) {
        ssize_t put = send(
            connection->descriptor, connection->out.start + connection->sent,
            connection->out.count - connection->sent, MSG_NOSIGNAL);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0 && errno == EAGAIN) return watch(connection, true);
        if (put < 0) fail_errno("send");
        connection->sent += (size_t)put;
    }
    connection->out.count = connection->sent = 0;
    watch(connection, false);
}

static void ask(struct connection *connection, int64_t began) {
    if (connection->asked - connection->answered >= options.depth)
        fail("more commands under way than --depth; the server does not answer");
    connection->began[connection->asked % options.depth] = began;
    append_request(&connection->out, &options.request, connection->asked, asked);
    connection->asked++;
    asked++;
}

static bool may_ask(void) {
    return !is_stopped && (options.commands == 0 || asked < options.commands);
}

static void fill(struct connection *connection) {
    int64_t now = clock_now();
    if (now >= window_end) return;
    while (connection->asked - connection->answered < options.depth && may_ask()) ask(connection, now);
    send_out(connection);
}

static void take_answers(struct connection *connection, int64_t now) {
    struct bytes *in = &connection->in;
    while (true) {
        struct answer answer = read_answer(
            &options.request, in->start + connection->taken, in->count - connection->taken, connection->answered);
        if (answer.length == 0) break;
        connection->taken += answer.length;
        if (!answer.is_success && errors++ == 0) print_refusal(&answer);
        if (answer.number >= connection->asked) fail("an answer to a command that was not sent");
        record(connection->began[answer.number % options.depth], now);
        connection->answered++;
        answered++;
    }
    if (connection->taken == in->count) {
        in->count = connection->taken = 0;
    } else if (connection->taken > in->count / 2) {
        memmove(in->start, in->start + connection->taken, in->count - connection->taken);
        in->count -= connection->taken;
        connection->taken = 0;
    }
}

static void receive(struct connection *connection) {
    reserve(&connection->in, 256 << 10);
    ssize_t got = recv(
        connection->descriptor, connection->in.start + connection->in.count,
        connection->in.room - connection->in.count, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got < 0) fail_errno("recv");
    if (got == 0) fail("the server closed a connection");
    connection->in.count += (size_t)got;
    take_answers(connection, clock_now());
}

static void open_connection(struct connection *connection) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(options.socket) >= sizeof address.sun_path) fail("the path of the socket is too long");
    strcpy(address.sun_path, options.socket);
    connection->descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection->descriptor < 0) fail_errno("socket");
    if (connect(connection->descriptor, (struct sockaddr *)&address, sizeof address) != 0) fail_errno("connect");
    set_nonblocking(connection->descriptor);
    connection->began = calloc(options.depth, sizeof *connection->began);
    if (connection->began == NULL) fail_errno("calloc");
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, connection->descriptor, &event) != 0) fail_errno("epoll_ctl");
}

// Handles what is ready; false when nothing was within the time.
static bool turn(int milliseconds, bool refills) {
    struct epoll_event events[256];
    int count = epoll_wait(poller, events, 256, milliseconds);
    if (count < 0 && errno == EINTR) return true;
    if (count < 0) fail_errno("epoll_wait");
    for (int index = 0; index < count; index++) {
        struct connection *connection = events[index].data.ptr;
        if (connection == NULL) continue;
        if (events[index].events & EPOLLOUT) send_out(connection);
        if (events[index].events & ~(uint32_t)EPOLLOUT) receive(connection);
        if (refills) fill(connection);
    }
    return count > 0;
}

static void drain(void) {
    int64_t limit = clock_now() + DRAIN_NANOSECONDS;
    while (answered < asked) {
        turn(100, false);
        if (clock_now() > limit) fail("the last commands were not answered within 30 s");
    }
}

static void run_closed(void) {
    for (int index = 0; index < options.connections; index++) fill(&connections[index]);
    while (may_ask() && clock_now() < window_end) turn(100, true);
    drain();
}

// One connection, a command at each due time.
static void run_paced(void) {
    struct connection *connection = &connections[0];
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    struct timespec period = {
        .tv_sec = options.every / 1000000000, .tv_nsec = options.every % 1000000000};
    struct itimerspec setting = {.it_interval = period, .it_value = period};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    if (timer < 0 || epoll_ctl(poller, EPOLL_CTL_ADD, timer, &event) != 0) fail_errno("timer");
    if (timerfd_settime(timer, 0, &setting, NULL) != 0) fail_errno("timerfd_settime");
    int64_t due = clock_now() + options.every;
    while (may_ask() && clock_now() < window_end) {
        turn(100, false);
        uint64_t expirations;
        if (read(timer, &expirations, sizeof expirations) != sizeof expirations) continue;
        int64_t now = clock_now();
        for (; due <= now; due += options.every) {
            if (now - due > latest_send) latest_send = now - due;
            ask(connection, due);
        }
        send_out(connection);
    }
    close(timer);
    drain();
}

static int compare(const void *left, const void *right) {
    uint32_t one = *(const uint32_t *)left, other = *(const uint32_t *)right;
    return (one > other) - (one < other);
}

static double quantile(double part) {
    if (latency_count == 0) return 0;
    size_t index = (size_t)(part * (double)latency_count);
    return latencies[index < latency_count ? index : latency_count - 1] / 10.0;
}

static void print_report(void) {
    bool may_be_early = options.commands != 0 || is_stopped;
    int64_t end = may_be_early && last_answer < window_end ? last_answer : window_end;
    uint64_t members = options.request.kind == ADD ? latency_count * options.request.batch : 0;
    qsort(latencies, latency_count, sizeof *latencies, compare);
    size_t long_ones = 0;
    while (long_ones < latency_count && latencies[latency_count - 1 - long_ones] > PAUSE_TENTHS) long_ones++;
    printf(
        "{\"commands\": %zu, \"members\": %llu, \"seconds\": %.6f, \"p50\": %.1f, \"p99\": %.1f, \"p999\": %.1f, "
        "\"max\": %.1f, \"over20ms\": %zu, \"late\": %.1f, \"realtime\": %s, \"errors\": %llu, \"worst\": [",
        latency_count, (unsigned long long)members, (double)(end - window_start) / 1e9, quantile(0.5),
        quantile(0.99), quantile(0.999), quantile(1), long_ones, (double)latest_send / 1e3,
        options.is_realtime ? "true" : "false", (unsigned long long)errors);
    bool is_first = true;
    for (size_t index = 0; index < WORST; index++) {
        if (worst[index].tenths == 0) continue;
        printf(
            "%s[%.3f, %.1f]", is_first ? "" : ", ", (double)worst[index].at / 1e9, worst[index].tenths / 10.0);
        is_first = false;
    }
    printf("]}\n");
}

static void begin(void) {
    struct sigaction action = {.sa_handler = stop};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    if (options.is_realtime) {
        // So that what is seen is the server's pause and not the measurer's own; not everybody may.
        struct sched_param parameter = {.sched_priority = 1};
        options.is_realtime = sched_setscheduler(0, SCHED_FIFO, &parameter) == 0;
    }
    latencies = mmap(
        NULL, MOST_LATENCIES * sizeof *latencies, PROT_READ | PROT_WRITE,
        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (latencies == MAP_FAILED) fail_errno("mmap");
    poller = epoll_create1(EPOLL_CLOEXEC);
    connections = calloc((size_t)options.connections, sizeof *connections);
    if (poller < 0 || connections == NULL) fail_errno("begin");
    for (int index = 0; index < options.connections; index++) open_connection(&connections[index]);
    start = clock_now();
    window_start = start + (int64_t)(options.warmup * 1e9);
    window_end = options.seconds > 0 ? window_start + (int64_t)(options.seconds * 1e9) : INT64_MAX;
}

static void read_options(int count, char **words) {
    options = (struct options){.connections = 1, .depth = 1, .request = request_defaults()};
    for (int index = 1; index < count; index++) {
        const char *word = words[index];
        if (strcmp(word, "--realtime") == 0) { options.is_realtime = true; continue; }
        if (index + 1 == count) fail("an option lacks its value, or is not known");
        const char *value = words[++index];
        if (strcmp(word, "--socket") == 0) options.socket = value;
        else if (strcmp(word, "--connections") == 0) options.connections = (int)number(value);
        else if (strcmp(word, "--depth") == 0) options.depth = number(value);
        else if (strcmp(word, "--seconds") == 0) options.seconds = strtod(value, NULL);
        else if (strcmp(word, "--warmup") == 0) options.warmup = strtod(value, NULL);
        else if (strcmp(word, "--commands") == 0) options.commands = number(value);
        else if (strcmp(word, "--every") == 0) options.every = (int64_t)number(value) * 1000;
        else if (!read_request_option(&options.request, word, value)) fail("an option is not known");
    }
    if (options.socket == NULL) fail("give --socket PATH");
    if (options.connections < 1 || options.depth < 1) fail("--connections and --depth are at least 1");
    if (options.every > 0 && options.connections != 1) fail("--every goes with one connection");
    if (options.every > 0) options.depth = PACED_DEPTH;
    if (options.every == 0 && options.seconds <= 0 && options.commands == 0) fail("give --seconds or --commands");
}

int main(int count, char **words) {
    read_options(count, words);
    begin();
    if (options.every > 0) run_paced(); else run_closed();
    print_report();
    return errors == 0 ? 0 : 1;
}
