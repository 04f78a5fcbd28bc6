import Foundation
import Glibc

/// What processes have used of the machine, as the kernel counts it.
struct ProcessUsage: Sendable {
    /// Seconds on a processor, in the program and in the kernel for it.
    let processorSeconds: Double
    /// The most memory that was resident at once, in megabytes (10⁶ bytes).
    let peakMegabytes: Double

    /// What one process has used so far; `nil` when there is none.
    static func of(_ process: Int32) -> ProcessUsage? {
        guard let times = times(of: process) else { return nil }
        return ProcessUsage(processorSeconds: times.own, peakMegabytes: peak(of: process))
    }

    /// What a process and all below it have used so far, those that are gone already included.
    static func ofTree(_ process: Int32) -> ProcessUsage? {
        guard let times = times(of: process) else { return nil }
        let below = children(of: process).compactMap { ofTree($0) }
        return ProcessUsage(
            processorSeconds: times.own + times.gone + below.reduce(0) { $0 + $1.processorSeconds },
            peakMegabytes: peak(of: process) + below.reduce(0) { $0 + $1.peakMegabytes }
        )
    }

    /// Lets the peak of a process begin anew at what is resident now.
    static func forgetPeak(of process: Int32) {
        try? Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/\(process)/clear_refs"))
    }

    /// Fields 14 to 17 of `/proc/PID/stat`: the process's own time, and that of children that ended.
    private static func times(of process: Int32) -> (own: Double, gone: Double)? {
        guard let fields = fields(of: process), fields.count > 14 else { return nil }
        let tick = Double(sysconf(Int32(_SC_CLK_TCK)))
        func seconds(_ index: Int) -> Double { (Double(fields[index]) ?? 0) / tick }
        return (seconds(11) + seconds(12), seconds(13) + seconds(14))
    }

    private static func children(of process: Int32) -> [Int32] {
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return processes.compactMap { Int32($0) }.filter { parent(of: $0) == process }
    }

    private static func parent(of process: Int32) -> Int32? {
        fields(of: process).flatMap { $0.count > 1 ? Int32($0[1]) : nil }
    }

    /// The fields of `/proc/PID/stat` behind the program's name, which may hold anything.
    private static func fields(of process: Int32) -> [Substring]? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return nil }
        return text[text.index(after: end)...].split(separator: " ")
    }

    private static func peak(of process: Int32) -> Double {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8) else { return 0 }
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        let kilobytes = line?.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0
        return kilobytes * 1_024 / 1_000_000
    }
}
