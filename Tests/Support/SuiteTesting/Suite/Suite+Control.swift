import Foundation

extension Suite {
    /// Has an operator's command do its work on the suite, and waits for its end.
    ///
    /// - Parameter arguments: As they are typed after `bridgectl`.
    /// - Throws: ``SuiteFailure`` with what it said when it ends with an error, or not within a minute.
    public func control(_ arguments: String...) async throws {
        _ = try await answer(to: arguments, within: .seconds(60))
    }

    /// The same, with what the command said.
    public func answer(_ arguments: String..., within limit: Duration = .seconds(600)) async throws -> String {
        try await answer(to: arguments, within: limit)
    }

    /// The same, with the arguments in a list. Several commands may be at work at once.
    public func answer(to arguments: [String], within limit: Duration) async throws -> String {
        let (process, mark) = makeControl(arguments)
        try process.start()
        _ = try await waitFor("bridgectl \(arguments.joined(separator: " "))", within: limit) {
            process.id == nil ? true : nil
        }
        let output = process.output
        guard output.hasSuffix("\(mark) 0\n") else {
            throw SuiteFailure(what: "bridgectl \(arguments.joined(separator: " "))", log: output)
        }
        return String(output.dropLast("\(mark) 0\n".count))
    }
}
