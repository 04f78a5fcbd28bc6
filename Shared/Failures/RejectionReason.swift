/// Why a service sets something aside: each service names its reasons in one enum, with a sentence each.
///
/// The raw value is what operators select by, such as `unknown-type`, and never changes its meaning.
public protocol RejectionReason: RawRepresentable, CaseIterable, Sendable where RawValue == String {
    /// What is wrong and what mends it, for operators.
    var sentence: String { get }
}

/// A ``RejectionReason`` of whichever service.
public struct RejectionCause: Hashable, Sendable {
    /// What operators select by.
    public let code: String
    /// What is wrong and what mends it.
    public let sentence: String

    /// - Parameter reason: One of a service's own.
    public init(_ reason: some RejectionReason) {
        code = reason.rawValue
        sentence = reason.sentence
    }

    /// A cause that was read from where it was written down.
    public init(code: String, sentence: String) {
        self.code = code
        self.sentence = sentence
    }
}

/// An error that knows by which reason it is set aside, where it is permanent.
public protocol ExplainedFailure: ClassifiedFailure {
    /// What is wrong and what mends it.
    var cause: RejectionCause { get }
}
