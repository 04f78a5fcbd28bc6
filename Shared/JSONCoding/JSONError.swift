/// Why a JSON text could not be read: what was expected, and at which byte.
///
/// Carries no piece of the text, so that it is fit for a log.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What the reader would have needed.
    public let expected: String
    /// Offset of the first byte that does not fit, counted from the start of the text.
    public let offset: Int

    /// - Parameters:
    ///   - expected: What the reader would have needed.
    ///   - offset: Offset of the first byte that does not fit.
    public init(expected: String, offset: Int) {
        self.expected = expected
        self.offset = offset
    }

    /// One line for logs and dead letters.
    public var description: String { "the JSON has no \(expected) at byte \(offset)" }
}
