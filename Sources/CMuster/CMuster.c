#define _GNU_SOURCE
#include "CMuster.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/un.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <tmmintrin.h>
#endif

static uint32_t crc32c_plain(uint32_t crc, const uint8_t *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0x82f63b78u & (0u - (crc & 1)));
    }
    return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2")))
static uint32_t crc32c_hardware(uint32_t crc, const uint8_t *bytes, size_t count) {
    uint64_t wide = crc;
    while (count >= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        wide = __builtin_ia32_crc32di(wide, word);
        bytes += 8;
        count -= 8;
    }
    crc = (uint32_t)wide;
    while (count-- > 0) crc = __builtin_ia32_crc32qi(crc, *bytes++);
    return crc;
}
#endif

uint32_t muster_crc32c(uint32_t seed, const void *bytes, size_t count) {
    uint32_t crc = ~seed;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2")) return ~crc32c_hardware(crc, bytes, count);
#endif
    return ~crc32c_plain(crc, bytes, count);
}

#if defined(__x86_64__)
// The characters of four groups of three bytes, of which each stands in four bytes as second, first, third, second.
// From W. Mula and D. Lemire, "Faster Base64 Encoding and Decoding Using AVX2 Instructions" (2018).
__attribute__((target("ssse3")))
static __m128i base64_characters(__m128i groups) {
    __m128i first = _mm_mulhi_epu16(_mm_and_si128(groups, _mm_set1_epi32(0x0fc0fc00)), _mm_set1_epi32(0x04000040));
    __m128i second = _mm_mullo_epi16(_mm_and_si128(groups, _mm_set1_epi32(0x003f03f0)), _mm_set1_epi32(0x01000010));
    __m128i values = _mm_or_si128(first, second);
    // What is to be added depends on the kind of character: 13 for upper case, 0 for lower case, 1 to 10 for digits.
    __m128i kinds = _mm_subs_epu8(values, _mm_set1_epi8(51));
    __m128i upper = _mm_cmpgt_epi8(_mm_set1_epi8(26), values);
    kinds = _mm_or_si128(kinds, _mm_and_si128(upper, _mm_set1_epi8(13)));
    const __m128i offsets = _mm_setr_epi8('a' - 26, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52,
        '0' - 52, '0' - 52, '0' - 52, '+' - 62, '/' - 63, 'A', 0, 0);
    return _mm_add_epi8(values, _mm_shuffle_epi8(offsets, kinds));
}

__attribute__((target("ssse3")))
static void base64_lines(const uint64_t *words, size_t count, uint8_t *lines) {
    // The bytes of a word stand in memory the last first.
    const __m128i front = _mm_setr_epi8(6, 7, 5, 6, 3, 4, 2, 3, 0, 1, 15, 0, 13, 14, 12, 13);
    const __m128i middle = _mm_setr_epi8(2, 3, 1, 2, 15, 0, 14, 15, 12, 13, 11, 12, 9, 10, 8, 9);
    const __m128i back = _mm_setr_epi8(14, 15, 13, 14, 11, 12, 10, 11, 8, 9, -1, 8, -1, -1, -1, -1);
    const __m128i kept = _mm_setr_epi8(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0);
    const __m128i end = _mm_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '=', '\n', 0, 0, 0);
    for (size_t i = 0; i < count; i++, words += 4, lines += 45) {
        __m128i first = _mm_loadu_si128((const __m128i *)words);
        __m128i second = _mm_loadu_si128((const __m128i *)(words + 1));
        __m128i third = _mm_loadu_si128((const __m128i *)(words + 2));
        _mm_storeu_si128((__m128i *)lines, base64_characters(_mm_shuffle_epi8(first, front)));
        _mm_storeu_si128((__m128i *)(lines + 16), base64_characters(_mm_shuffle_epi8(second, middle)));
        third = _mm_or_si128(_mm_and_si128(base64_characters(_mm_shuffle_epi8(third, back)), kept), end);
        // Only the last line has no room for what is written behind its end.
        if (i + 1 < count) _mm_storeu_si128((__m128i *)(lines + 32), third);
        else memcpy(lines + 32, &third, 13);
    }
}
#endif

int muster_base64_lines(const void *digests, size_t count, uint8_t *lines) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("ssse3")) {
        base64_lines(digests, count, lines);
        return 1;
    }
#endif
    (void)digests, (void)count, (void)lines;
    return 0;
}

int muster_peer_credentials(int descriptor, uint32_t *uid, uint32_t *gid, int32_t *pid) {
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return -1;
    *uid = peer.uid;
    *gid = peer.gid;
    *pid = peer.pid;
    return 0;
}

int muster_peer_groups(int descriptor, uint32_t *groups, size_t *count) {
    socklen_t size = (socklen_t)(*count * sizeof(gid_t));
    int result = getsockopt(descriptor, SOL_SOCKET, SO_PEERGROUPS, groups, &size);
    *count = size / sizeof(gid_t);
    return result;
}

int muster_bound_group(int descriptor, uint32_t *group) {
    struct sockaddr_un address;
    socklen_t size = sizeof address;
    struct stat found;
    memset(&address, 0, sizeof address);
    if (getsockname(descriptor, (struct sockaddr *)&address, &size) != 0) return -1;
    if (address.sun_family != AF_UNIX || address.sun_path[0] == 0) {
        errno = ENOENT;
        return -1;
    }
    char path[sizeof address.sun_path + 1];
    memcpy(path, address.sun_path, sizeof address.sun_path);
    path[sizeof address.sun_path] = 0;
    if (stat(path, &found) != 0) return -1;
    *group = found.st_gid;
    return 0;
}

int muster_forbid_dumps(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

// In place of the C library's, which libdispatch calls for each of its threads and whose failure it writes to standard
// error, in a line that no operator can do anything about. The units forbid the call, and no priority matters to a result.
int setpriority(__priority_which_t which, id_t who, int priority) {
    (void)syscall(SYS_setpriority, which, who, priority);
    return 0;
}

int muster_random(void *bytes, size_t count) {
    return getrandom(bytes, count, 0) == (ssize_t)count ? 0 : -1;
}

int muster_clock_is_synchronised(void) {
    struct timex state;
    memset(&state, 0, sizeof state);
    int result = adjtimex(&state);
    return result < 0 ? -1 : result != TIME_ERROR;
}

void muster_begin_writeback(int descriptor) {
    // Where it cannot, nothing is lost: what makes the file durable writes all of it.
    (void)sync_file_range(descriptor, 0, 0, SYNC_FILE_RANGE_WRITE);
}

void muster_reserve(int descriptor, long long bytes) {
    // Not for certain, so that what a full disk means is told by the write that finds it full; what was kept until then
    // goes back.
    if (fallocate(descriptor, FALLOC_FL_KEEP_SIZE, 0, bytes) != 0) (void)!ftruncate(descriptor, 0);
}

void muster_set_up_heap(void) {
    // A heap for each thread gives memory back whenever little of it is in use, and takes it anew.
    (void)mallopt(M_ARENA_MAX, 1);
    // Left to itself the library gives back as little as 256 KiB, and the next chunk of a list takes the same pages
    // anew: half of what an upload sends. What is larger than a chunk, and than the 512 KiB by which the log is read,
    // has pages of its own, which go back whole.
    (void)mallopt(M_MMAP_THRESHOLD, 640 << 10);
    (void)mallopt(M_TRIM_THRESHOLD, 4 << 20);
    // Each can only be refused for a number that makes no sense.
}

void muster_release_memory(void) {
    malloc_trim(0);
}
