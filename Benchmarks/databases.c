// Drives PostgreSQL, over its Unix socket, and SQLite, in this process, with members as load.c sends them to the
// others, and prints a JSON object of the same names.
//
// A database has one transaction a connection, so as many connections as are asked for, times the depth, are threads of
// their own with one durable transaction each under way; SQLite has one writer, and one thread. A row is an audience and
// a member, which together are the key. One member is a prepared INSERT, several are one COPY, or for SQLite prepared
// INSERTs in one transaction. Any error fails the run.

#include <libpq-fe.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>

#include "request.h"

#define MOST_COMMANDS ((size_t)1 << 24)

struct worker {
    pthread_t thread;
    PGconn *postgres;
    sqlite3 *sqlite;
    sqlite3_stmt *insert;
    struct bytes rows;
};

static struct {
    const char *place;
    bool is_sqlite;
    int connections;
    uint64_t depth;
    double seconds, warmup;
    uint64_t commands;
    struct request request;
} options;

static int64_t window_start, window_end;
static _Atomic uint64_t asked, timed;
static _Atomic int64_t last_end;
static uint32_t *latencies; // tenths of a microsecond

static void query(PGconn *connection, const char *words, ExecStatusType wanted) {
    PGresult *result = PQexec(connection, words);
    if (PQresultStatus(result) != wanted) fail(PQerrorMessage(connection));
    PQclear(result);
}

static void run(sqlite3 *database, const char *words) {
    if (sqlite3_exec(database, words, NULL, NULL, NULL) != SQLITE_OK) fail(sqlite3_errmsg(database));
}

static void open_database(struct worker *worker, bool is_first) {
    if (options.is_sqlite) {
        if (sqlite3_open(options.place, &worker->sqlite) != SQLITE_OK) fail("SQLite cannot open its file");
        run(worker->sqlite, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            "CREATE TABLE IF NOT EXISTS m (audience INTEGER, member TEXT, PRIMARY KEY (audience, member)) WITHOUT ROWID;");
        if (sqlite3_prepare_v2(worker->sqlite, "INSERT INTO m VALUES (?1, ?2)", -1, &worker->insert, NULL) != SQLITE_OK)
            fail(sqlite3_errmsg(worker->sqlite));
        return;
    }
    const char *names[] = {"host", "dbname", "user", NULL}, *values[] = {options.place, "postgres", "bench", NULL};
    worker->postgres = PQconnectdbParams(names, values, 0);
    if (PQstatus(worker->postgres) != CONNECTION_OK) fail(PQerrorMessage(worker->postgres));
    if (is_first) {
        query(worker->postgres, "SET client_min_messages = warning", PGRES_COMMAND_OK);
        query(worker->postgres, "CREATE TABLE IF NOT EXISTS m (audience int, member text, PRIMARY KEY (audience, member))",
            PGRES_COMMAND_OK);
    }
    PGresult *result = PQprepare(worker->postgres, "insert", "INSERT INTO m VALUES ($1::int, $2)", 2, NULL);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) fail(PQerrorMessage(worker->postgres));
    PQclear(result);
}

// The member of a command at that place, 44 characters with a zero behind them.
static char *next_member(struct worker *worker, uint64_t command, uint64_t index) {
    worker->rows.count = 0;
    append_member(&worker->rows, &options.request, command * options.request.batch + index);
    append(&worker->rows, "", 1);
    return worker->rows.start;
}

static void insert_sqlite(struct worker *worker, uint64_t command, int audience) {
    if (options.request.batch > 1) run(worker->sqlite, "BEGIN");
    for (uint64_t index = 0; index < options.request.batch; index++) {
        sqlite3_bind_int(worker->insert, 1, audience);
        sqlite3_bind_text(worker->insert, 2, next_member(worker, command, index), -1, SQLITE_TRANSIENT);
        if (sqlite3_step(worker->insert) != SQLITE_DONE) fail(sqlite3_errmsg(worker->sqlite));
        sqlite3_reset(worker->insert);
    }
    if (options.request.batch > 1) run(worker->sqlite, "COMMIT");
}

static void insert_postgres(struct worker *worker, uint64_t command, int audience) {
    char number[16];
    snprintf(number, sizeof number, "%d", audience);
    if (options.request.batch == 1) {
        const char *values[] = {number, next_member(worker, command, 0)};
        PGresult *result = PQexecPrepared(worker->postgres, "insert", 2, values, NULL, NULL, 0);
        if (PQresultStatus(result) != PGRES_COMMAND_OK) fail(PQerrorMessage(worker->postgres));
        PQclear(result);
        return;
    }
    query(worker->postgres, "COPY m FROM STDIN", PGRES_COPY_IN);
    worker->rows.count = 0;
    for (uint64_t index = 0; index < options.request.batch; index++) {
        append_text(&worker->rows, number);
        append(&worker->rows, "\t", 1);
        append_member(&worker->rows, &options.request, command * options.request.batch + index);
        append(&worker->rows, "\n", 1);
    }
    if (PQputCopyData(worker->postgres, worker->rows.start, (int)worker->rows.count) != 1
        || PQputCopyEnd(worker->postgres, NULL) != 1)
        fail(PQerrorMessage(worker->postgres));
    for (PGresult *result; (result = PQgetResult(worker->postgres)) != NULL; PQclear(result))
        if (PQresultStatus(result) != PGRES_COMMAND_OK) fail(PQerrorMessage(worker->postgres));
}

static void *work(void *context) {
    struct worker *worker = context;
    for (;;) {
        uint64_t command = atomic_fetch_add(&asked, 1);
        int64_t begin = clock_now();
        if (begin >= window_end || (options.commands > 0 && command >= options.commands)) return NULL;
        int audience = (int)(command % options.request.audiences);
        if (options.is_sqlite) insert_sqlite(worker, command, audience); else insert_postgres(worker, command, audience);
        int64_t end = clock_now();
        if (end < window_start || end > window_end) continue;
        size_t place = atomic_fetch_add(&timed, 1);
        if (place >= MOST_COMMANDS) fail("more commands than can be counted");
        latencies[place] = (uint32_t)((end - begin) / 100);
        last_end = end;
    }
}

static int compare(const void *left, const void *right) {
    uint32_t one = *(const uint32_t *)left, other = *(const uint32_t *)right;
    return (one > other) - (one < other);
}

static double quantile(double part) {
    size_t index = (size_t)(part * (double)timed);
    return timed == 0 ? 0 : latencies[index < timed ? index : timed - 1] / 10.0;
}

static void read_options(int count, char **words) {
    options.connections = 1;
    options.depth = 1;
    options.request = request_defaults();
    for (int index = 1; index + 1 < count; index += 2) {
        const char *word = words[index], *value = words[index + 1];
        if (strcmp(word, "--socket") == 0) options.place = value;
        else if (strcmp(word, "--protocol") == 0) options.is_sqlite = strcmp(value, "sqlite") == 0;
        else if (strcmp(word, "--connections") == 0) options.connections = (int)number(value);
        else if (strcmp(word, "--depth") == 0) options.depth = number(value);
        else if (strcmp(word, "--seconds") == 0) options.seconds = strtod(value, NULL);
        else if (strcmp(word, "--warmup") == 0) options.warmup = strtod(value, NULL);
        else if (strcmp(word, "--commands") == 0) options.commands = number(value);
        else if (!read_request_option(&options.request, word, value)) fail("an option is not known");
    }
    // The 44 characters that a client would keep of a digest.
    options.request.protocol = RESP;
    if (options.place == NULL || count % 2 == 0) fail("give --socket PATH, and each option with its value");
    if (options.seconds <= 0 && options.commands == 0) fail("give --seconds or --commands");
}

int main(int count, char **words) {
    read_options(count, words);
    int threads = options.is_sqlite ? 1 : options.connections * (int)options.depth;
    struct worker *workers = calloc((size_t)threads, sizeof *workers);
    latencies = calloc(MOST_COMMANDS, sizeof *latencies);
    if (workers == NULL || latencies == NULL) fail_errno("calloc");
    for (int index = 0; index < threads; index++) open_database(&workers[index], index == 0);
    window_start = clock_now() + (int64_t)(options.warmup * 1e9);
    window_end = options.seconds > 0 ? window_start + (int64_t)(options.seconds * 1e9) : INT64_MAX;
    for (int index = 0; index < threads; index++)
        if (pthread_create(&workers[index].thread, NULL, work, &workers[index]) != 0) fail("no thread can be made");
    for (int index = 0; index < threads; index++) pthread_join(workers[index].thread, NULL);
    int64_t end = window_end == INT64_MAX ? last_end : window_end;
    qsort(latencies, timed, sizeof *latencies, compare);
    printf(
        "{\"commands\": %llu, \"members\": %llu, \"seconds\": %.6f, \"p50\": %.1f, \"p99\": %.1f, \"max\": %.1f}\n",
        (unsigned long long)timed, (unsigned long long)(timed * options.request.batch),
        (double)(end - window_start) / 1e9, quantile(0.5), quantile(0.99), quantile(1));
    return 0;
}
