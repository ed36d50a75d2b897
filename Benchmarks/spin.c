// Whether the machine stands still by itself: a thread on each processor does nothing but look at the clock.
//
//     spin SECONDS
//
// Prints the longest time, in milliseconds, between two looks of one thread. On a quiet machine other programs take a
// few of them. Where the machine is virtual and its host lets it use so much processor time and no more, the host's own
// work for it included, it is stopped for tens of milliseconds whenever it wants more: nothing that runs in it causes
// that, and everything is late by it.

#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>

#include "wire.h"

#define MOST_PROCESSORS 256

static int64_t end;
static int64_t longest[MOST_PROCESSORS];

static void *spin(void *number) {
    int64_t worst = 0;
    for (int64_t last = clock_now(); last < end;) {
        int64_t now = clock_now();
        if (now - last > worst) worst = now - last;
        last = now;
    }
    longest[(intptr_t)number] = worst;
    return NULL;
}

int main(int count, char **arguments) {
    double seconds = count == 2 ? atof(arguments[1]) : 0;
    if (seconds <= 0 || seconds > 60) fail("usage: spin SECONDS, at most 60");
    cpu_set_t processors;
    if (sched_getaffinity(0, sizeof processors, &processors) != 0) fail_errno("sched_getaffinity");
    pthread_t threads[MOST_PROCESSORS];
    int begun = 0;
    end = clock_now() + (int64_t)(seconds * 1e9);
    for (int processor = 0; processor < CPU_SETSIZE && begun < MOST_PROCESSORS; processor++) {
        if (!CPU_ISSET(processor, &processors)) continue;
        pthread_attr_t attributes;
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(processor, &one);
        pthread_attr_init(&attributes);
        if (pthread_attr_setaffinity_np(&attributes, sizeof one, &one) != 0) fail("pthread_attr_setaffinity_np");
        if (pthread_create(&threads[begun], &attributes, spin, (void *)(intptr_t)begun) != 0) fail("pthread_create");
        pthread_attr_destroy(&attributes);
        begun++;
    }
    int64_t worst = 0;
    for (int thread = 0; thread < begun; thread++) {
        pthread_join(threads[thread], NULL);
        if (longest[thread] > worst) worst = longest[thread];
    }
    printf("%.1f\n", (double)worst / 1e6);
}
