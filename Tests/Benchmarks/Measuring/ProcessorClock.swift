import Glibc

/// A process's time on processors by the kernel's own clock, to the nanosecond; `/proc` tells hundredths of a second.
enum ProcessorClock {
    /// Seconds that all threads have used so far, those that ended included; `nil` when there is no such process.
    static func seconds(of process: Int32) -> Double? {
        var clock = clockid_t()
        guard unsafe clock_getcpuclockid(process, &clock) == 0 else { return nil }
        var time = timespec()
        guard unsafe clock_gettime(clock, &time) == 0 else { return nil }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
