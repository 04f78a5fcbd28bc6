import Foundation

extension Suite {
    /// Has an operator's command do its work on the suite, and waits for its end.
    ///
    /// - Parameter arguments: As they are typed after `bridgectl`.
    /// - Throws: ``SuiteFailure`` with what it said when it ends with an error, or not within a minute.
    public func control(_ arguments: String...) async throws {
        let (process, mark) = makeControl(arguments)
        try process.start()
        _ = try await waitFor("bridgectl \(arguments.joined(separator: " "))", within: .seconds(60)) {
            process.id == nil ? true : nil
        }
        guard process.output.hasSuffix("\(mark) 0\n") else {
            throw SuiteFailure(what: "bridgectl \(arguments.joined(separator: " "))", log: process.output)
        }
    }
}
