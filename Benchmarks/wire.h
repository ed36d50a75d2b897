// What the load generator and the limit share: growing bytes, a clock, and frames of protocol 1.

#ifndef WIRE_H
#define WIRE_H

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define FRAME_HEADER 4

struct bytes {
    char *start;
    size_t count, room;
};

static inline _Noreturn void fail(const char *why) {
    fprintf(stderr, "%s\n", why);
    exit(1);
}

static inline _Noreturn void fail_errno(const char *what) {
    perror(what);
    exit(1);
}

static inline int64_t clock_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

// Makes room for `count` more bytes.
static inline void reserve(struct bytes *bytes, size_t count) {
    if (bytes->room - bytes->count >= count) return;
    size_t room = bytes->room < 4096 ? 4096 : bytes->room;
    while (room - bytes->count < count) room *= 2;
    bytes->start = realloc(bytes->start, room);
    if (bytes->start == NULL) fail_errno("realloc");
    bytes->room = room;
}

static inline void append(struct bytes *bytes, const char *text, size_t count) {
    reserve(bytes, count);
    memcpy(bytes->start + bytes->count, text, count);
    bytes->count += count;
}

static inline void append_text(struct bytes *bytes, const char *text) {
    append(bytes, text, strlen(text));
}

static inline void append_number(struct bytes *bytes, uint64_t number) {
    char text[24];
    append(bytes, text, (size_t)snprintf(text, sizeof text, "%llu", (unsigned long long)number));
}

// Begins a frame whose length is not known yet, and gives where it stands.
static inline size_t begin_frame(struct bytes *bytes) {
    append(bytes, "\0\0\0\0", FRAME_HEADER);
    return bytes->count;
}

static inline void end_frame(struct bytes *bytes, size_t body) {
    size_t length = bytes->count - body;
    unsigned char *header = (unsigned char *)bytes->start + body - FRAME_HEADER;
    for (int index = 0; index < FRAME_HEADER; index++) header[index] = (unsigned char)(length >> (24 - 8 * index));
}

// The length of the first frame's body, or -1 where the frame is not complete.
static inline int64_t frame_body(const char *start, size_t count) {
    if (count < FRAME_HEADER) return -1;
    const unsigned char *header = (const unsigned char *)start;
    size_t length = (size_t)header[0] << 24 | (size_t)header[1] << 16 | (size_t)header[2] << 8 | header[3];
    return count - FRAME_HEADER < length ? -1 : (int64_t)length;
}

// Reads the number after `{"id":`, where every frame here begins; false for any other.
static inline int read_id(const char *body, size_t count, uint64_t *id, size_t *end) {
    static const char before[] = "{\"id\":";
    size_t index = sizeof before - 1;
    if (count <= index || memcmp(body, before, index) != 0) return 0;
    size_t first = index;
    for (*id = 0; index < count && body[index] >= '0' && body[index] <= '9'; index++)
        *id = *id * 10 + (uint64_t)(body[index] - '0');
    *end = index;
    return index > first;
}

static inline void set_nonblocking(int descriptor) {
    if (fcntl(descriptor, F_SETFL, O_NONBLOCK) != 0) fail_errno("fcntl");
}

static inline uint64_t number(const char *text) {
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno != 0 || end == text || *end != 0 || *text == '-') fail("a value is not a whole number");
    return value;
}

#endif
