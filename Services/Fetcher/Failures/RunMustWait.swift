import WeCom

/// WeCom's frequency limit holds for longer than anybody should wait with a run in hand: the run goes back, with all that
/// was read of it.
struct RunMustWait: Error, Equatable {
    /// WeCom's error code.
    let code: Int?
}

/// WeCom does not answer, or not properly, however often it is asked: the run goes back with all that was read of it, and
/// ends only when that has happened a few times.
struct WeComUnreachable: Error, Equatable {
    /// What the last call met.
    let error: WeComError

    /// Calls in a row of which nothing came back, after which no others are made.
    static let callsInRow = 3

    init(_ error: WeComError) { self.error = error }
}

extension WeComError {
    /// What becomes of a run that cannot do without what WeCom did not give: it waits, is tried again, or ends.
    var consequence: any Error {
        switch reaction {
        case .pause, .lowerConcurrency: RunMustWait(code: code)
        // What an administrator has to mend they hear of at once.
        case .retry where explanation.actor == .operator: WeComUnreachable(self)
        default: RunFailure(self)
        }
    }
}
