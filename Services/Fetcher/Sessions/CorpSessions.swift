import Logging
import Messages
import Sealing
import Synchronization
import WeCom

extension IdentityProviderConfiguration {
    /// The app that WeCom is asked as.
    ///
    /// - Throws: ``RunFailure`` when the connection names none.
    var agent: AgentID {
        get throws {
            guard let agent = connection.flatMap({ Int(exactly: $0.agentID) }).flatMap(AgentID.init(rawValue:)) else {
                throw RunFailure(.failed, "The connection to WeCom names no usable app.")
            }
            return agent
        }
    }
}

/// One session with each identity provider's enterprise, kept from run to run with its token, for as long as
/// the credentials stay the same (`wecom.md` §6).
final class CorpSessions: Sendable {
    /// Calls in a row without an answer, of whichever enterprises, after which none is called for a while.
    private static let unansweredCalls = 50

    private struct Kept {
        let connection: WeComConnection
        let session: CorpSession
    }

    private let client: WeComClient
    private let keys: SealingKeys
    private let settings: SessionSettings
    private let slots: CallSlots
    private let budget: any CallBudget
    /// For a WeCom that answers nobody.
    private let breaker: CircuitBreaker
    private let logger: Logger
    private let kept = Mutex<[IdentityProviderID: Kept]>([:])

    init(
        client: WeComClient,
        keys: SealingKeys,
        settings: SessionSettings,
        slots: CallSlots,
        budget: any CallBudget,
        logger: Logger
    ) {
        self.client = client
        self.keys = keys
        self.settings = settings
        self.slots = slots
        self.budget = budget
        breaker = CircuitBreaker(failures: Self.unansweredCalls, pause: settings.silence)
        self.logger = logger
    }

    /// - Throws: ``RunFailure`` when the identity provider has no usable credentials.
    func session(for configuration: IdentityProviderConfiguration) throws -> CorpSession {
        guard configuration.isConnected, let connection = configuration.connection else {
            throw RunFailure(
                .failed,
                "The identity provider is not connected to WeCom. What to do: obtain the authorization anew."
            )
        }
        return try kept.withLock { kept in
            if let known = kept[configuration.id], known.connection == connection { return known.session }
            let session = try make(connection, of: configuration.id)
            kept[configuration.id] = Kept(connection: connection, session: session)
            return session
        }
    }

    private func make(_ connection: WeComConnection, of id: IdentityProviderID) throws -> CorpSession {
        do {
            return CorpSession(
                client: client,
                corpID: try CorpID(connection.corpID),
                secret: try keys.open(connection.secret, context: id.description),
                settings: settings,
                slots: slots,
                budget: budget,
                breaker: breaker,
                logger: logger
            )
        } catch let error as InvalidIdentifier {
            throw RunFailure(.failed, "The connection to WeCom is not usable: \(error).")
        } catch let error as SealingError {
            throw RunFailure(.failed, "The app's secret cannot be opened: \(error). What to do: check SEALING_KEYS.")
        }
    }
}
