import Postgres
import SuiteTesting

extension Adversary {
    /// How long a process may take that is asked to end.
    private static let patience = Duration.seconds(25)

    func befallProcess(_ fault: Fault) async throws {
        let victim = try victim(of: fault)
        let process = field.copy(victim).process
        guard fault.kind != .freeze else {
            process.hold()
            await last(fault)
            process.letGo()
            return
        }
        field.supervisor.leave(victim)
        if fault.kind == .kill {
            process.kill()
        } else if try await process.stop(within: Self.patience) == nil {
            say("    \(victim) did not end within \(Self.patience), and was killed")
        }
        await last(fault)
        try field.supervisor.restore(victim)
    }

    /// Ends all copies of a service, and has them begin at the beginning of what they read.
    func resetGroup(_ fault: Fault) async throws {
        let service = try victim(of: fault).service
        let copies = field.copies(of: service)
        for copy in copies { field.supervisor.leave(copy.victim) }
        let result = await asyncResult {
            for copy in copies { _ = try await copy.process.stop(within: Self.patience) }
            try await field.suite.resetGroup(of: service.rawValue, copies: copies.count)
            if service == .writer { _ = try await field.suite.query("delete from directory.partition_offsets") }
        }
        for copy in copies { try field.supervisor.restore(copy.victim) }
        try result.get()
    }
}
