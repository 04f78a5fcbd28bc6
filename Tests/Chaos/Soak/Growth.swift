/// What grew that should stay as it is.
struct Growth: Sendable {
    let start: Sample
    let end: Sample
    /// Runs that ended in between: what they leave behind is kept for a while.
    let runs: Int

    /// By how much memory may grow, beside a share of it: caches fill, and malloc keeps what is free.
    private static let memory = (share: 1.2, megabytes: 16.0)
    private static let descriptors = 8.0
    private static let connections = 4.0
    private static let lag = 200.0
    /// What a run leaves in database and topics at most, in megabytes: its row, its messages, dead rows until a vacuum.
    private static let leftByRun = 0.25

    /// What did, in words.
    var found: [String] {
        var found: [String] = []
        func check(_ name: String, _ before: Double, _ after: Double, most: Double) {
            guard after > most else { return }
            found.append("\(name) went from \(before.rounded()) to \(after.rounded()), and may be \(most.rounded())")
        }
        for (process, before) in start.memory.sorted(by: { $0.key < $1.key }) {
            let most = before * Self.memory.share + Self.memory.megabytes
            check("memory of \(process)", before, end.memory[process] ?? .infinity, most: most)
        }
        for (process, before) in start.descriptors.sorted(by: { $0.key < $1.key }) {
            let most = before + Self.descriptors
            check("descriptors of \(process)", before, end.descriptors[process] ?? .infinity, most: most)
        }
        check("connections", start.connections, end.connections, most: start.connections + Self.connections)
        check("lag", start.lag, end.lag, most: start.lag + Self.lag)
        let left = Double(runs) * Self.leftByRun + 16
        check("the database", start.database, end.database, most: start.database + left)
        check("the topics", start.topics, end.topics, most: start.topics + left)
        return found
    }

    /// One line of JSON.
    func json(minutes: Double) -> String {
        func figures(_ name: String, _ value: (Sample) -> Double) -> String {
            "\"\(name)_start\":\(value(start).rounded()),\"\(name)_end\":\(value(end).rounded())"
        }
        let all = [
            "\"minutes\":\(Double(Int(minutes * 100)) / 100)", "\"runs\":\(runs)",
            figures("memory_mb") { $0.memory.values.reduce(0, +) },
            figures("descriptors") { $0.descriptors.values.reduce(0, +) },
            figures("connections") { $0.connections }, figures("database_mb") { $0.database },
            figures("topics_mb") { $0.topics }, figures("lag") { $0.lag }, "\"grown\":\(found.count)",
        ]
        return "{\(all.joined(separator: ","))}"
    }
}
