import Messages

/// What calls for a run. Whether one starts, and which, is decided here and nowhere else.
enum Trigger: String, CaseIterable, Sendable {
    /// Its turn on the schedule has come.
    case schedule
    /// It is connected to WeCom: for the first time, again, or to another corp.
    case connection
    /// It was closed, or its tenant suspended, and is open again.
    case reopening
    /// It was synchronised by hand and is set to be synchronised by itself.
    case automation
    /// Somebody has let it out of quarantine.
    case release
    /// Other settings were changed: they hold from the next run on, which need not be now.
    case settings
    /// WeCom says that the app's range, permissions or state have changed.
    case authorizationChange
    /// WeCom told of changes of people or departments.
    case event
    /// Somebody asks for it.
    case manual
    /// Somebody has decided about what is held.
    case decision
    /// A run has to confirm another.
    case confirmation
    /// What kept a run from its work is no more.
    case restart
    /// The identity provider was deleted.
    case deletion

    /// How runs and messages call it. A restart has the cause of the run that it stands for.
    var cause: RunSync.Cause {
        switch self {
        case .schedule: .schedule
        case .connection, .authorizationChange: .authorization
        case .reopening, .automation, .settings: .settings
        case .event: .event
        case .release, .manual, .restart: .manual
        case .decision: .decision
        case .confirmation: .confirmation
        case .deletion: .deletion
        }
    }

    /// Whether nobody stands behind it who wants this very run: then the settings say whether there is one.
    private var isAutomatic: Bool {
        switch self {
        case .schedule, .connection, .reopening, .automation, .settings, .authorizationChange, .event: true
        case .release, .manual, .decision, .confirmation, .restart, .deletion: false
        }
    }

    /// What keeps a run of that kind from being started; nil where one starts.
    func obstacle(of provider: IdentityProvider, to kind: RunSync.Kind) -> RunObstacle? {
        if let obstacle = RunObstacle(provider.configuration, to: kind) { return obstacle }
        guard isAutomatic else { return nil }
        guard provider.configuration.automaticSynchronization else { return .byHandOnly }
        switch self {
        case .settings: return .notAskedFor
        case .event where provider.isQuarantined: return .quarantined
        default: return nil
        }
    }

    /// What is done: what was asked for, or what the settings say; and no trigger reads people of its own accord where
    /// people are not synchronised.
    func work(_ asked: RunWork?, of provider: IdentityProvider) -> RunWork {
        guard let asked else { return provider.usualRun }
        return isAutomatic && asked == .full ? provider.usualRun : asked
    }
}

extension Trigger {
    /// What a change of an identity provider's configuration calls for.
    init(from old: IdentityProviderConfiguration?, to new: IdentityProviderConfiguration) {
        if new.isConnected, old?.isConnected != true || old?.generation != new.generation {
            self = .connection
        } else if old?.isShut == true, !new.isShut {
            self = .reopening
        } else if old?.automaticSynchronization == false, new.automaticSynchronization {
            self = .automation
        } else {
            self = .settings
        }
    }
}
