import Foundation
import Messages
import Postgres
import SuiteTesting

extension Adversary {
    /// How long a process may take that is asked to end.
    private static let patience = Duration.seconds(25)

    func befallProcess(_ fault: Fault) async throws {
        let copies = try copies(of: fault)
        guard fault.kind != .freeze else {
            for copy in copies { copy.process.hold() }
            await last(fault)
            for copy in copies { copy.process.letGo() }
            return
        }
        for copy in copies { field.supervisor.leave(copy.victim) }
        let result = await asyncResult {
            for copy in copies { try await end(copy, fault) }
            await last(fault)
        }
        for copy in copies { try field.supervisor.restore(copy.victim) }
        try result.get()
    }

    private func end(_ copy: Copy, _ fault: Fault) async throws {
        guard fault.kind != .kill else { return copy.process.kill() }
        if try await copy.process.stop(within: Self.patience) == nil {
            say("    \(copy.victim) did not end within \(Self.patience), and was killed")
        }
    }

    /// Starts a process by a clock that is ahead or behind, and later by the right one.
    func shiftClock(_ fault: Fault) async throws {
        guard let library = ProcessInfo.processInfo.environment["CHAOS_FAKETIME"], !library.isEmpty else {
            throw Impossible(description: "there is no libfaketime")
        }
        var random = SeededGenerator(seed: fault.seed)
        let seconds = Int.random(in: 2...3_600, using: &random) * (Bool.random(using: &random) ? 1 : -1)
        let variables = [
            "LD_PRELOAD": library, "FAKETIME": "\(seconds > 0 ? "+" : "")\(seconds)s",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_RESET": "1",
        ]
        let copy = field.copy(try victim(of: fault))
        say("    \(copy.victim) goes by a clock that is \(abs(seconds)) s \(seconds > 0 ? "ahead" : "behind")")
        field.supervisor.leave(copy.victim)
        let result = await asyncResult {
            try await end(copy, fault)
            try copy.start(adding: variables)
            await last(fault)
            try await end(copy, fault)
        }
        try field.supervisor.restore(copy.victim)
        try result.get()
    }

    /// Ends all copies of a service, and has them begin at the beginning of what they read.
    func resetGroup(_ fault: Fault) async throws {
        let service = try victim(of: fault).service
        let copies = field.copies(of: service)
        for copy in copies { field.supervisor.leave(copy.victim) }
        let result = await asyncResult {
            for copy in copies { try await end(copy, fault) }
            try await field.suite.resetGroup(of: service.rawValue, copies: copies.count)
            switch service {
            case .writer: _ = try await field.suite.query("delete from directory.partition_offsets")
            case .verifier: _ = try await field.suite.query("delete from verifier.partition_offsets")
            default: break
            }
        }
        for copy in copies { try field.supervisor.restore(copy.victim) }
        try result.get()
    }

    /// Loses all that a service has to read, and starts it as readiness then says; what it missed is told again.
    func remakeTopic(_ fault: Fault) async throws {
        let service = try victim(of: fault).service
        guard let topic = TopicCatalogue.consumers.first(where: { $0.consumer == service.rawValue })?.topic else {
            throw Impossible(description: "\(service.rawValue) reads no topic")
        }
        let copies = field.copies(of: service)
        for copy in copies { field.supervisor.leave(copy.victim) }
        let result = await asyncResult {
            for copy in copies { try await end(copy, fault) }
            try await field.suite.remake(topic)
            for copy in copies {
                try copy.start(adding: ["STAGE_START_ANEW": field.suite.namespace.name(of: topic)])
            }
            for copy in copies { try await copy.process.waitUntilReady() }
        }
        for copy in copies { try field.supervisor.restore(copy.victim) }
        try result.get()
        if service == .verifier { try await field.suite.control("directory", "republish") }
    }
}
