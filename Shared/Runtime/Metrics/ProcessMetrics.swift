import Foundation

/// What Prometheus's own client libraries tell of a process, by the same names.
enum ProcessMetrics {
    /// The metrics as they are now, in Prometheus's text format; on Linux alone.
    static var text: String {
        [
            metric("process_cpu_seconds_total", "counter", cpuSeconds),
            metric("process_open_fds", "gauge", openFiles),
            metric("process_resident_memory_bytes", "gauge", residentBytes),
            metric("process_start_time_seconds", "gauge", startSeconds),
        ].joined()
    }

    private static let ticksPerSecond = 100.0

    /// User and system time.
    private static var cpuSeconds: Double? {
        guard let user = stat(14), let system = stat(15) else { return nil }
        return (user + system) / ticksPerSecond
    }

    /// The start, counted from the machine's.
    private static var startSeconds: Double? {
        let boot = read("/proc/stat")?.split(separator: "\n").first { $0.hasPrefix("btime ") }
        guard let boot = boot.flatMap({ Double($0.dropFirst("btime ".count)) }), let start = stat(22) else {
            return nil
        }
        return boot + start / ticksPerSecond
    }

    /// A field of `proc_pid_stat(5)`, by its number there. The second field may hold spaces and ends with
    /// the last bracket.
    private static func stat(_ number: Int) -> Double? {
        guard let line = read("/proc/self/stat"), let bracket = line.lastIndex(of: ")") else { return nil }
        let fields = line[bracket...].split(separator: " ")
        return number - 2 < fields.count ? Double(fields[number - 2]) : nil
    }

    /// The second field of `proc_pid_statm(5)`, in pages.
    private static var residentBytes: Double? {
        guard let fields = read("/proc/self/statm")?.split(separator: " "), fields.count > 1 else { return nil }
        return Double(fields[1]).map { $0 * Double(NSPageSize()) }
    }

    private static var openFiles: Double? {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")).map { Double($0.count) }
    }

    private static func metric(_ name: String, _ kind: String, _ value: Double?) -> String {
        value.map { "# TYPE \(name) \(kind)\n\(name) \($0)\n" } ?? ""
    }

    private static func read(_ path: String) -> String? {
        (try? FileHandle(forReadingFrom: URL(filePath: path)).readToEnd()).map {
            String(decoding: $0, as: UTF8.self)
        }
    }
}
