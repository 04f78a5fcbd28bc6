import Foundation
import Glibc
import Kafka
import Messages
import Postgres
import SuiteTesting

/// What the suite takes up at one moment.
struct Sample: Sendable {
    /// Resident memory in megabytes (10⁶ bytes), by process.
    var memory: [String: Double] = [:]
    /// Open file descriptors, by process.
    var descriptors: [String: Double] = [:]
    /// Sessions at PostgreSQL.
    var connections = 0.0
    /// The database in megabytes.
    var database = 0.0
    /// What the broker keeps, in megabytes; 0 where nobody knows.
    var topics = 0.0
    /// Records that their readers have before them.
    var lag = 0.0

    private static let pageSize = Double(sysconf(Int32(_SC_PAGESIZE)))

    static func take(of field: Field, brokerFolder: String?) async throws -> Sample {
        var sample = Sample()
        for copy in field.copies {
            guard let id = copy.process.id else { continue }
            sample.memory["\(copy.victim)"] = residentMegabytes(of: id)
            sample.descriptors["\(copy.victim)"] = Double(names(in: "/proc/\(id)/fd").count)
        }
        let rows = try await field.suite.query(
            """
            select (select count(*) from pg_stat_activity where datname = current_database()),
                pg_database_size(current_database())
            """
        )
        let (connections, size) = try rows[0].decode(Int.self, Int.self)
        sample.connections = Double(connections)
        sample.database = Double(size) / 1_000_000
        sample.topics = brokerFolder.map(megabytes) ?? 0
        sample.lag = Double(try await lag(of: field.suite))
        return sample
    }

    private static func residentMegabytes(of id: Int32) -> Double {
        let text = (try? String(contentsOfFile: "/proc/\(id)/statm", encoding: .utf8)) ?? ""
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0
        return pages * pageSize / 1_000_000
    }

    private static func names(in folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }

    private static func megabytes(in folder: String) -> Double {
        let files = FileManager.default.enumerator(
            at: URL(fileURLWithPath: folder, isDirectory: true),
            includingPropertiesForKeys: [.fileSizeKey]
        )
        var bytes = 0
        while let file = files?.nextObject() as? URL {
            bytes += (try? file.resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0
        }
        return Double(bytes) / 1_000_000
    }

    private static func lag(of suite: Suite) async throws -> Int64 {
        try await suite.withAdmin { admin in
            var lag: Int64 = 0
            for (topic, consumer) in TopicCatalogue.consumers {
                let name = suite.namespace.name(of: topic)
                let committed = try await admin.committedOffsets(group: suite.namespace.group(consumer))
                for (partition, end) in try await admin.endOffsets(name) {
                    lag += max(0, end - (committed[TopicPartition(topic: name, partition: partition)] ?? 0))
                }
            }
            return lag
        }
    }
}

extension [Sample] {
    /// The median of each figure, which a single moment does not move.
    var typical: Sample {
        guard let first else { return Sample() }
        func median(_ value: (Sample) -> Double) -> Double {
            let values = map(value).sorted()
            return values[values.count / 2]
        }
        return Sample(
            memory: first.memory.keys.reduce(into: [:]) { all, name in all[name] = median { $0.memory[name] ?? 0 } },
            descriptors: first.descriptors.keys.reduce(into: [:]) { all, name in
                all[name] = median { $0.descriptors[name] ?? 0 }
            },
            connections: median(\.connections),
            database: median(\.database),
            topics: median(\.topics),
            lag: median(\.lag)
        )
    }
}
