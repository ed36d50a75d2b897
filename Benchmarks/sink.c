// Takes uploads on the loopback interface, over TLS where it is built with it, throws their bytes away, and prints for
// each a JSON object with how many came and how long that took, from the end of the header to the last byte.
//
// It answers as much of The Trade Desk's API as one sync asks for, so that Muster's own sync can send to it: a list
// without segments, a new segment, a new drop. Whatever is put is an upload.
//
//     sink [CERTIFICATE KEY]    both as PEM, with TLS only

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <strings.h>
#include <sys/socket.h>

#include "wire.h"

#ifdef WITH_TLS
#include <openssl/err.h>
#include <openssl/ssl.h>

static SSL_CTX *context;
#endif

#define BUFFER_SIZE ((size_t)256 << 10)
#define MOST_HEADER ((size_t)64 << 10)

struct connection {
    int descriptor;
#ifdef WITH_TLS
    SSL *tls;
#endif
    size_t count;
    char in[BUFFER_SIZE + 1];
};

struct request {
    char method[8], path[512];
    uint64_t length;
    bool awaits_leave;
    // Of the header, in the connection's bytes.
    size_t header;
};

static unsigned short port;
static pthread_mutex_t report_lock = PTHREAD_MUTEX_INITIALIZER;

// The bytes that came, 0 at the end of the connection.
static size_t receive(struct connection *connection, char *to, size_t room) {
#ifdef WITH_TLS
    int got = SSL_read(connection->tls, to, (int)room);
#else
    ssize_t got = read(connection->descriptor, to, room);
#endif
    return got > 0 ? (size_t)got : 0;
}

static bool send_all(struct connection *connection, const char *from, size_t count) {
    while (count > 0) {
#ifdef WITH_TLS
        int put = SSL_write(connection->tls, from, (int)count);
#else
        ssize_t put = write(connection->descriptor, from, count);
#endif
        if (put <= 0) return false;
        from += put;
        count -= (size_t)put;
    }
    return true;
}

static bool answer(struct connection *connection, const char *status, const char *body) {
    char text[2048];
    int count = snprintf(
        text, sizeof text, "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", status,
        strlen(body), body);
    return send_all(connection, text, (size_t)count);
}

static const char *field(const char *header, const char *name) {
    size_t length = strlen(name);
    for (const char *line = strstr(header, "\r\n"); line != NULL; line = strstr(line, "\r\n")) {
        line += 2;
        if (strncasecmp(line, name, length) == 0 && line[length] == ':')
            return line + length + 1 + strspn(line + length + 1, " ");
    }
    return NULL;
}

// Reads the next request's header; false at the end of the connection.
static bool read_header(struct connection *connection, struct request *request) {
    char *end;
    connection->in[connection->count] = 0;
    while ((end = strstr(connection->in, "\r\n\r\n")) == NULL) {
        if (connection->count >= MOST_HEADER) return false;
        size_t got = receive(connection, connection->in + connection->count, BUFFER_SIZE - connection->count);
        if (got == 0) return false;
        connection->count += got;
        connection->in[connection->count] = 0;
    }
    *end = 0;
    request->header = (size_t)(end - connection->in) + 4;
    if (sscanf(connection->in, "%7s %511s", request->method, request->path) != 2) return false;
    const char *length = field(connection->in, "Content-Length"), *expects = field(connection->in, "Expect");
    request->length = length == NULL ? 0 : strtoull(length, NULL, 10);
    request->awaits_leave = expects != NULL;
    return true;
}

// Throws the body away and says how long it took; what came behind it stays, which is the next request.
static bool discard(struct connection *connection, const struct request *request, int64_t begin) {
    size_t with_header = connection->count - request->header;
    size_t own = with_header < request->length ? with_header : (size_t)request->length;
    size_t behind = with_header - own;
    memmove(connection->in, connection->in + request->header + own, behind);
    connection->count = behind;
    for (uint64_t left = request->length - own; left > 0;) {
        size_t got = receive(connection, connection->in, left < BUFFER_SIZE ? (size_t)left : BUFFER_SIZE);
        if (got == 0) return false;
        left -= got;
    }
    if (strcmp(request->method, "PUT") != 0) return true;
    double seconds = (double)(clock_now() - begin) / 1e9;
    pthread_mutex_lock(&report_lock);
    printf("{\"bytes\": %llu, \"seconds\": %.9f}\n", (unsigned long long)request->length, seconds);
    fflush(stdout);
    pthread_mutex_unlock(&report_lock);
    return true;
}

static bool carry_out(struct connection *connection, const struct request *request) {
    static _Atomic unsigned drops;
    char body[256];
    if (strcmp(request->method, "PUT") == 0) return answer(connection, "200 OK", "");
    if (strcmp(request->method, "GET") == 0) return answer(connection, "200 OK", "{\"Segments\":[],\"PagingToken\":null}");
    size_t length = strlen(request->path);
    if (length >= 8 && strcmp(request->path + length - 8, "/segment") == 0)
        return answer(connection, "200 OK", "{\"CrmDataId\":\"benchmark1\",\"FirstPartyDataId\":1}");
    snprintf(
        body, sizeof body, "{\"Url\":\"%s://127.0.0.1:%u/upload\",\"ReferenceId\":\"drop%u\"}",
#ifdef WITH_TLS
        "https",
#else
        "http",
#endif
        port, ++drops);
    return answer(connection, "200 OK", body);
}

static void *serve(void *argument) {
    struct connection *connection = argument;
    struct request request;
#ifdef WITH_TLS
    connection->tls = SSL_new(context);
    bool is_open = connection->tls != NULL && SSL_set_fd(connection->tls, connection->descriptor) == 1
        && SSL_accept(connection->tls) == 1;
#else
    bool is_open = true;
#endif
    while (is_open && read_header(connection, &request)) {
        int64_t begin = clock_now();
        if (request.awaits_leave && !send_all(connection, "HTTP/1.1 100 Continue\r\n\r\n", 25)) break;
        if (!discard(connection, &request, begin) || !carry_out(connection, &request)) break;
    }
#ifdef WITH_TLS
    if (connection->tls != NULL) SSL_shutdown(connection->tls);
    SSL_free(connection->tls);
#endif
    close(connection->descriptor);
    free(connection);
    return NULL;
}

#ifdef WITH_TLS
static void begin_tls(const char *certificate, const char *key) {
    context = SSL_CTX_new(TLS_server_method());
    // One cipher, so that nobody is faster by another.
    bool is_right = context != NULL && SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1
        && SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256") == 1
        && SSL_CTX_use_certificate_chain_file(context, certificate) == 1
        && SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) == 1;
    if (!is_right) {
        ERR_print_errors_fp(stderr);
        fail("the certificate or its key cannot be used");
    }
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_default_read_buffer_len(context, BUFFER_SIZE);
}
#endif

static int listening(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0 || bind(descriptor, (struct sockaddr *)&address, sizeof address) != 0
        || listen(descriptor, 64) != 0 || getsockname(descriptor, (struct sockaddr *)&address, &size) != 0)
        fail_errno("listen");
    port = ntohs(address.sin_port);
    return descriptor;
}

int main(int count, char **words) {
    signal(SIGPIPE, SIG_IGN);
#ifdef WITH_TLS
    if (count != 3) fail("usage: sink CERTIFICATE KEY");
    begin_tls(words[1], words[2]);
#else
    (void)words;
    if (count != 1) fail("usage: sink");
#endif
    int listener = listening();
    printf("{\"port\": %u}\n", port);
    fflush(stdout);
    for (;;) {
        struct connection *connection = malloc(sizeof *connection);
        if (connection == NULL) fail_errno("malloc");
        connection->count = 0;
        connection->descriptor = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (connection->descriptor < 0) fail_errno("accept");
        int on = 1;
        setsockopt(connection->descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        pthread_t thread;
        if (pthread_create(&thread, NULL, serve, connection) != 0) fail("no thread can be made");
        pthread_detach(thread);
    }
}
