#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

#include <stdint.h>

// Counts how often a program asks for memory. Loaded before the C library, by LD_PRELOAD, it counts the calls of
// malloc, calloc, realloc, aligned_alloc, memalign and posix_memalign, and leaves the work to the C library. Swift's
// own allocations come by these, too.
//
// The count lies in the file that this environment variable names, as one 64-bit number in the machine's order, and
// can be read at any time.
#define ALLOCATION_COUNT_VARIABLE "ALLOCATION_COUNT"

typedef struct {
    uint64_t calls;
} allocation_count;

#endif
