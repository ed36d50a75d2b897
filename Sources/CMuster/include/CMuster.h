#ifndef CMUSTER_H
#define CMUSTER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// CRC-32C (Castagnoli, RFC 3720 appendix B.4) of `count` bytes, continuing from `seed`; pass 0 to start.
uint32_t muster_crc32c(uint32_t seed, const void *bytes, size_t count);

/// Writes a line of 44 characters of base64 (RFC 4648, padded) and a line feed for each of `count` digests of four words, of
/// which each is a number whose most significant byte is the first: 45 bytes a digest. Returns 1, or 0 where this processor
/// has no instructions for it, and nothing was written.
int muster_base64_lines(const void *digests, size_t count, uint8_t *lines);

/// Asks the processor for the line of memory at `address` and waits for nothing. Any address may be asked for: nothing is
/// read.
static inline void muster_prefetch(uintptr_t address) {
    __builtin_prefetch((const void *)address);
}

/// The credentials of the process that connected `descriptor` (SO_PEERCRED). Returns 0, or -1 with errno set.
int muster_peer_credentials(int descriptor, uint32_t *uid, uint32_t *gid, int32_t *pid);

/// The supplementary groups of the process that connected `descriptor` (SO_PEERGROUPS). `*count` is the room in `groups`, and
/// afterwards how many there are. Returns 0, or -1 with errno set; ERANGE means that the room was too small.
int muster_peer_groups(int descriptor, uint32_t *groups, size_t *count);

/// The group that owns the path to which the Unix socket `descriptor` is bound. Returns 0, or -1 with errno set; ENOENT where
/// it is bound to no path.
int muster_bound_group(int descriptor, uint32_t *group);

/// Marks the process as not dumpable, so that no core file and no ptrace shows its memory. Returns 0, or -1 with errno set.
int muster_forbid_dumps(void);

/// Whether the kernel takes its clock for synchronised, which is only asked for. Returns 1 or 0, or -1 with errno set.
int muster_clock_is_synchronised(void);

/// Lets the system begin to write to the disk what was written to `descriptor` so far; waits for nothing, and makes nothing
/// durable.
void muster_begin_writeback(int descriptor);

/// Has the system keep `bytes` of the disk for an empty file, which stays empty; where it cannot, nothing is kept.
void muster_reserve(int descriptor, long long bytes);

/// Gives memory that was freed, and that the C library kept for later, back to the system.
void muster_release_memory(void);

/// Lets all threads that begin from here on take memory from one heap, of which up to 4 MiB that are free are kept: what one
/// of them frees it and the others use again.
void muster_set_up_heap(void);

/// Fills `count` bytes (at most 256) from the kernel's random source. Returns 0, or -1 with errno set.
int muster_random(void *bytes, size_t count);

#endif
