import CMalloc

/// How the C library hands out memory.
enum Allocator {
    /// Keeps memory that was given back from lying idle in the process.
    ///
    /// With an arena for each of many threads, and growing tables on the heap, a writer of 300,000 people held
    /// 142 MB where 100 do, at no gain in speed.
    static func keepResidentMemorySmall() {
        mallopt(M_ARENA_MAX, 2)
        mallopt(M_MMAP_THRESHOLD, 1 << 20)
        // What a batch needed, the next one needs again: giving it back in between costs a page fault each 4 KiB.
        mallopt(M_TRIM_THRESHOLD, 16 << 20)
    }
}
