import Foundation

/// A condition that did not come true in time.
public struct TimedOut: Error, CustomStringConvertible {
    /// What was waited for.
    public let what: String
    /// The last error while asking, if any.
    public let lastError: String?

    /// What was waited for, and what went wrong last.
    public var description: String { "\(what) did not happen in time" + (lastError.map { ": \($0)" } ?? "") }
}

/// Asks again and again until there is an answer.
///
/// - Parameters:
///   - what: What is waited for, for the error.
///   - limit: How long at most.
///   - pause: How long between two questions.
///   - ask: Returns `nil` as long as there is no answer; its errors are taken as none.
/// - Throws: ``TimedOut``.
public func waitFor<Value: Sendable>(
    _ what: String,
    within limit: Duration = .seconds(120),
    every pause: Duration = .milliseconds(100),
    _ ask: () async throws -> Value?
) async throws -> Value {
    let deadline = ContinuousClock.now + limit
    var lastError: String?
    while ContinuousClock.now < deadline {
        do {
            if let answer = try await ask() { return answer }
        } catch {
            lastError = "\(error)"
        }
        try await Task.sleep(for: pause)
    }
    throw TimedOut(what: what, lastError: lastError)
}
