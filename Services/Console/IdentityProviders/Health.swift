/// Whether an identity provider works, in a word.
enum Health: String, CaseIterable, Sendable {
    /// Its tenant is suspended.
    case suspended
    /// An administrator closed it.
    case closed
    /// No WeCom stands behind it yet.
    case unconnected
    /// WeCom lets it in no more.
    case disconnected
    /// Its runs fail.
    case failing
    /// Something waits for somebody's decision.
    case held
    /// It is connected and was not synchronised yet.
    case waiting
    /// Its first run is under way.
    case starting
    /// It works, with gaps.
    case partial
    /// It works.
    case working

    /// - Parameter lastRun: The newest of its runs that read, if there is one.
    init(of provider: IdentityProvider, lastRun: Run?) {
        if provider.tenantStatus == .suspended {
            self = .suspended
        } else if provider.status == .closed {
            self = .closed
        } else if provider.authorization.state == .pending {
            self = .unconnected
        } else if provider.authorization.state != .authorized {
            self = .disconnected
        } else if provider.quarantine != nil {
            self = .failing
        } else {
            self = Self.after(lastRun)
        }
    }

    private static func after(_ run: Run?) -> Health {
        guard let run else { return .waiting }
        return switch run.outcome {
        case .succeeded: .working
        case .partial: .partial
        case .held: .held
        case .failed: .failing
        case .cancelled, .skipped: .waiting
        case nil: .starting
        }
    }

    /// The colour of its word.
    var tone: Badge.Tone {
        switch self {
        case .working: .good
        case .starting: .busy
        case .held, .partial, .suspended: .caution
        case .failing, .disconnected: .bad
        case .closed, .unconnected, .waiting: .quiet
        }
    }
}

extension Badge {
    /// The word that answers whether an identity provider works.
    init(_ health: Health, _ texts: Texts) {
        self.init(texts["health.\(health.rawValue)"], health.tone)
    }
}
