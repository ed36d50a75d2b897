// The commands that the load generator sends, each with members that were never sent before, and what their answers
// must be: as frames of protocol 1, or as Redis's RESP.

#ifndef REQUEST_H
#define REQUEST_H

#include <stdbool.h>

#include "wire.h"

struct request {
    enum { MUSTER, RESP } protocol;
    enum { ADD, PING } kind;
    enum { ADDRESS, DIGEST } form;
    // Members a command; 1 is sent as a single member.
    uint64_t batch;
    // Audiences are NAME-0, NAME-1 and so on, taken in turn.
    const char *name;
    uint64_t audiences;
    // Another seed, other members and command ids.
    uint64_t seed;
};

struct answer {
    // The bytes it takes; 0 where it is not complete.
    size_t length;
    uint64_t number;
    bool is_success;
    const char *text;
    size_t count;
};

static inline struct request request_defaults(void) {
    return (struct request){.batch = 1, .name = "bench", .audiences = 1, .seed = 1};
}

static inline bool read_request_option(struct request *request, const char *word, const char *value) {
    if (strcmp(word, "--protocol") == 0) request->protocol = strcmp(value, "resp") == 0 ? RESP : MUSTER;
    else if (strcmp(word, "--kind") == 0) request->kind = strcmp(value, "ping") == 0 ? PING : ADD;
    else if (strcmp(word, "--form") == 0) request->form = strcmp(value, "digest") == 0 ? DIGEST : ADDRESS;
    else if (strcmp(word, "--batch") == 0) request->batch = number(value);
    else if (strcmp(word, "--name") == 0) request->name = value;
    else if (strcmp(word, "--audiences") == 0) request->audiences = number(value);
    else if (strcmp(word, "--seed") == 0) request->seed = number(value);
    else return false;
    if (request->batch < 1 || request->audiences < 1) fail("--batch and --audiences are at least 1");
    return true;
}

// One of 2^64 numbers for each pair of seed and counter (splitmix64).
static inline uint64_t scattered(uint64_t seed, uint64_t counter) {
    uint64_t mixed = (seed << 40) + counter + 1;
    mixed *= 0x9e3779b97f4a7c15;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
}

static inline void append_hex(struct bytes *bytes, uint64_t value) {
    reserve(bytes, 16);
    char *to = bytes->start + bytes->count;
    for (int index = 0; index < 16; index++) to[index] = "0123456789abcdef"[value >> (60 - 4 * index) & 15];
    bytes->count += 16;
}

// An address of 28 bytes, 64 hex digits, or for Redis the 44 characters that a client would keep.
static inline void append_member(struct bytes *bytes, const struct request *request, uint64_t counter) {
    uint64_t word = scattered(request->seed, counter);
    if (request->protocol == RESP) {
        append_hex(bytes, word);
        append_hex(bytes, scattered(request->seed + 1, word));
        append(bytes, "0123456789a=", 12);
    } else if (request->form == ADDRESS) {
        append_hex(bytes, word);
        append(bytes, "@example.com", 12);
    } else {
        for (uint64_t part = 0; part < 4; part++) append_hex(bytes, part == 0 ? word : scattered(part, word));
    }
}

static inline void append_frame(
    struct bytes *out, const struct request *request, uint64_t id, uint64_t command
) {
    size_t body = begin_frame(out);
    append_text(out, "{\"id\":");
    append_number(out, id);
    if (request->kind == PING) {
        append_text(out, ",\"method\":\"ping\"}");
        return end_frame(out, body);
    }
    append_text(out, ",\"method\":\"member.add\",\"params\":{\"instance\":\"");
    append_text(out, request->name);
    append_text(out, "-");
    append_number(out, command % request->audiences);
    append_text(out, request->batch == 1 ? "\",\"member\":\"" : "\",\"members\":[\"");
    for (uint64_t index = 0; index < request->batch; index++) {
        if (index > 0) append(out, "\",\"", 3);
        append_member(out, request, command * request->batch + index);
    }
    append_text(out, request->batch == 1 ? "\"},\"commandId\":\"" : "\"]},\"commandId\":\"");
    append_hex(out, request->seed);
    append_hex(out, scattered(request->seed, command));
    append_text(out, "\"}");
    end_frame(out, body);
}

static inline void append_resp(struct bytes *out, const struct request *request, uint64_t command) {
    if (request->kind == PING) return append_text(out, "*1\r\n$4\r\nPING\r\n");
    char key[80];
    int length = snprintf(
        key, sizeof key, "%.60s-%llu", request->name, (unsigned long long)(command % request->audiences));
    append_text(out, "*");
    append_number(out, request->batch + 2);
    append_text(out, "\r\n$4\r\nSADD\r\n$");
    append_number(out, (uint64_t)length);
    append_text(out, "\r\n");
    append(out, key, (size_t)length);
    append_text(out, "\r\n");
    for (uint64_t index = 0; index < request->batch; index++) {
        append(out, "$44\r\n", 5);
        append_member(out, request, command * request->batch + index);
        append(out, "\r\n", 2);
    }
}

// Appends the request `id` of a connection, the `command`-th of all.
static inline void append_request(
    struct bytes *out, const struct request *request, uint64_t id, uint64_t command
) {
    if (request->protocol == RESP) append_resp(out, request, command);
    else append_frame(out, request, id, command);
}

static inline bool begins(const char *text, size_t count, const char *with) {
    size_t length = strlen(with);
    return count >= length && memcmp(text, with, length) == 0;
}

// Shows the first refusal: answers never quote a member.
static inline void print_refusal(const struct answer *answer) {
    fprintf(stderr, "refused: %.*s\n", (int)(answer->count < 400 ? answer->count : 400), answer->text);
}

static inline struct answer read_frame(const struct request *request, const char *start, size_t count) {
    int64_t body = frame_body(start, count);
    if (body < 0) return (struct answer){0};
    struct answer answer = {
        .length = FRAME_HEADER + (size_t)body, .text = start + FRAME_HEADER, .count = (size_t)body};
    size_t end;
    if (!read_id(answer.text, answer.count, &answer.number, &end)) {
        print_refusal(&answer);
        fail("an answer without the id of a request");
    }
    char expected[64] = ",\"result\":{";
    if (request->kind == ADD)
        snprintf(
            expected, sizeof expected, ",\"result\":{\"added\":%llu,", (unsigned long long)request->batch);
    // An answer to a command that was known already ends with true}, any other here with a number.
    bool is_new = answer.count > 2 && answer.text[answer.count - 2] != 'e';
    answer.is_success = begins(answer.text + end, answer.count - end, expected) && is_new;
    return answer;
}

static inline struct answer read_resp(
    const struct request *request, const char *start, size_t count, uint64_t next
) {
    const char *end = memchr(start, '\n', count);
    if (end == NULL) return (struct answer){0};
    struct answer answer = {
        .length = (size_t)(end - start) + 1, .number = next, .text = start, .count = (size_t)(end - start)};
    char expected[32] = "+PONG\r";
    if (request->kind == ADD) snprintf(expected, sizeof expected, ":%llu\r", (unsigned long long)request->batch);
    answer.is_success = begins(start, answer.count, expected);
    return answer;
}

// The first answer in `count` bytes; `next` is the number of the request that is next to be answered in order.
static inline struct answer read_answer(
    const struct request *request, const char *start, size_t count, uint64_t next
) {
    return request->protocol == RESP ? read_resp(request, start, count, next) : read_frame(request, start, count);
}

#endif
