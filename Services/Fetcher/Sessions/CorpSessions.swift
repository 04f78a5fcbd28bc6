import Egress
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
/// credentials and proxy stay the same (`wecom.md` §6).
final class CorpSessions: Sendable {
    /// Calls in a row without an answer, of whichever enterprises, after which none is called for a while.
    private static let unansweredCalls = 50

    private struct Kept {
        let connection: WeComConnection
        let egress: EgressProxy?
        let session: CorpSession
    }

    private let client: WeComClient
    private let keys: SealingKeys
    private let settings: SessionSettings
    private let slots: CallSlots
    private let budget: any CallBudget
    private let memory: any CredentialMemory
    /// For a WeCom that answers nobody.
    private let breaker: CircuitBreaker
    private let logger: Logger
    /// Whether the identity provider may be asked for still, as far as is known.
    private let isConnected: @Sendable (IdentityProviderID) -> Bool
    private let kept = Mutex<[IdentityProviderID: Kept]>([:])

    init(
        client: WeComClient,
        keys: SealingKeys,
        settings: SessionSettings,
        slots: CallSlots,
        budget: any CallBudget,
        memory: any CredentialMemory,
        isConnected: @escaping @Sendable (IdentityProviderID) -> Bool,
        logger: Logger
    ) {
        self.client = client
        self.keys = keys
        self.settings = settings
        self.slots = slots
        self.budget = budget
        self.memory = memory
        self.isConnected = isConnected
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
            let egress = configuration.egress
            if let known = kept[configuration.id], known.connection == connection, known.egress == egress {
                return known.session
            }
            let session = try make(connection, of: configuration)
            // Those of deleted ones go when another is made, which is seldom.
            kept = kept.filter { isConnected($0.key) }
            kept[configuration.id] = Kept(connection: connection, egress: egress, session: session)
            return session
        }
    }

    private func make(
        _ connection: WeComConnection,
        of configuration: IdentityProviderConfiguration
    ) throws -> CorpSession {
        do {
            return CorpSession(
                client: client.through(try HTTPProxy.of(configuration, openedBy: keys)),
                corpID: try CorpID(connection.corpID),
                secret: try keys.open(connection.secret, context: configuration.id.description),
                settings: settings,
                slots: slots,
                budget: budget,
                breaker: breaker,
                memory: memory,
                logger: logger
            )
        } catch let error as InvalidIdentifier {
            throw RunFailure(.failed, "The connection to WeCom is not usable: \(error).")
        } catch let error as SealingError {
            throw RunFailure(.failed, "The credentials cannot be opened: \(error). What to do: check SEALING_KEYS.")
        }
    }
}
