import WeCom

/// WeCom's frequency limit holds for longer than anybody should wait with a run in hand: the run goes back, with all that
/// was read of it.
struct RunMustWait: Error, Equatable {
    /// WeCom's error code.
    let code: Int?
}

extension WeComError {
    /// What becomes of a run that cannot do without what WeCom did not give: it waits, or ends.
    var consequence: any Error {
        switch reaction {
        case .pause, .lowerConcurrency: RunMustWait(code: code)
        default: RunFailure(self)
        }
    }
}
