import Foundation
import Kafka
import Messages
import Postgres
import SuiteTesting

/// Has one synchronization recorded, and plays to each service alone what it read of it.
struct StageBenchmark {
    private static let warmUpPeople = 200
    private static let longest = Duration.seconds(600)

    private let measured: MeasuredSuite
    private let users: Int
    /// Played before anything is measured, so that groups are joined, and code and caches paged in.
    private let warmUp: ConnectedTenant
    private let main: ConnectedTenant
    private let admin: Admin
    private let producer: Producer

    private var suite: Suite { measured.suite }

    /// Synchronises with all services, and stops them.
    init(_ measured: MeasuredSuite, users: Int, departments: Int) async throws {
        self.measured = measured
        self.users = users
        let settings = ["bootstrap.servers": measured.suite.brokers]
        admin = try Admin(settings: settings, logger: quietLogger())
        producer = try Producer(settings: settings, logger: quietLogger())
        warmUp = try await measured.connect("before", users: Self.warmUpPeople, departments: 10)
        main = try await measured.connect("measured", users: users, departments: departments)
        for connected in [warmUp, main] {
            _ = try await measured.time(connected)
            try await measured.waitUntilAtRest()
        }
        for service in Suite.Service.allCases { measured.suite[service].stop() }
    }

    /// - Returns: The figures by the stages' names.
    func measure(rounds: Int) async throws -> [String: StageFigures] {
        var figures: [String: StageFigures] = [:]
        for stage in MeasuredStage.all {
            figures[stage.name] = try await measure(stage, rounds: rounds)
        }
        try await admin.close()
        return figures
    }

    private func measure(_ stage: MeasuredStage, rounds: Int) async throws -> StageFigures {
        let input = try await Input(
            warmUp: Recording(of: warmUp.provider, on: stage.input, in: suite),
            main: Recording(of: main.provider, on: stage.input, in: suite)
        )
        var figures = StageFigures(records: input.main.records.count)
        for _ in 0..<rounds {
            let seconds = try await pass(stage, input) { process in
                guard let seconds = ProcessorClock.seconds(of: process) else {
                    throw BenchmarkFailure("the \(stage.name) is gone")
                }
                return seconds
            }
            figures.processorSeconds.append(seconds)
            note("  \(stage.name)  \(String(format: "%.3f", seconds)) s of a processor")
        }
        figures.allocations = try await allocations(of: stage, input)
        return figures
    }

    /// In a pass of its own, since counting takes time.
    private func allocations(of stage: MeasuredStage, _ input: Input) async throws -> UInt64? {
        guard let count = AllocationCount(in: FileManager.default.temporaryDirectory) else {
            note("  \(stage.name)  libAllocationCounter.so is not beside the programs: allocations are not counted")
            return nil
        }
        defer { count.remove() }
        let calls = try await pass(stage, input, variables: count.variables) { _ in try count.read() }
        note("  \(stage.name)  \(calls) allocations")
        return calls
    }

    /// What is played to a stage.
    private struct Input {
        let warmUp: Recording
        let main: Recording
    }

    /// Lets a stage do its work once.
    ///
    /// The service is held while the recording is written, so that it finds all of it, as after a pause.
    ///
    /// - Returns: By how much `read`, which gets the process's id, has grown meanwhile.
    private func pass<Value: Numeric>(
        _ stage: MeasuredStage,
        _ input: Input,
        variables: [String: String] = [:],
        _ read: (Int32) throws -> Value
    ) async throws -> Value {
        for statement in stage.undo { try await measured.database.run(statement) }
        let check = try await StageCheck(of: stage, for: main, people: users, in: measured)
        let process = suite[stage.service]
        try process.start(adding: variables)
        try await suite.waitUntilReady(stage.service)
        try await waitUntilDone(stage, upTo: try await input.warmUp.play(by: producer))
        process.hold()
        let ends = try await input.main.play(by: producer)
        guard let id = process.id else { throw BenchmarkFailure("the \(stage.name) is gone") }
        let before = try read(id)
        process.letGo()
        try await waitUntilDone(stage, upTo: ends)
        let after = try read(id)
        process.stop()
        try await check.confirm(messages: input.main.records.count + input.warmUp.records.count)
        return after - before
    }

    private func waitUntilDone(_ stage: MeasuredStage, upTo ends: [TopicPartition: Int64]) async throws {
        let group = suite.namespace.group(stage.service.rawValue)
        _ = try await waitFor("the \(stage.name) at the end of its work", within: Self.longest) {
            let committed = try await admin.committedOffsets(group: group)
            guard ends.allSatisfy({ committed[$0.key] ?? 0 >= $0.value }) else { return nil as Bool? }
            return try await measured.isTrue(stage.isAtRest) ? true : nil
        }
    }
}
