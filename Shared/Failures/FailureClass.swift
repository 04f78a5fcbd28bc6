/// What is to be done about an error (architecture.md §5): said once for all services, by the type of the error.
public enum FailureClass: Sendable, Hashable {
    /// It may pass: wait, and try the same again.
    case transient
    /// The data are at fault: the same again fails again. What fails is set aside, and the work goes on.
    case permanent
    /// The client can never work again: whoever uses it has to end, or to make a new one.
    case fatal

    /// The class of any error: what does not say its own is ``transient``, so that nothing is ever set aside by mistake.
    public init(of error: any Error) {
        self = (error as? any ClassifiedFailure)?.failureClass ?? .transient
    }
}

/// An error that knows what is to be done about it.
public protocol ClassifiedFailure: Error {
    /// What is to be done about it.
    var failureClass: FailureClass { get }
}
