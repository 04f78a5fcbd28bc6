import FoundationEssentials
import Messages
import Postgres
import Runtime
import Sealing
import WeCom

/// What an enterprise granted to the template, kept from the moment WeCom tells of it until it is complete or an
/// administrator ends it. Nothing of it can be had twice: a code is good for one exchange (wecom.md §1.1).
struct Grant: Sendable {
    /// Which event brought the code.
    enum Origin: String, PostgresEncodable, PostgresDecodable, Sendable {
        /// An administrator scanned a QR code and agreed.
        case createAuth = "create_auth"
        /// The provider asked for a new secret.
        case resetPermanentCode = "reset_permanent_code"
    }

    /// How far it has come.
    enum Standing: String, Codable, CaseIterable, PostgresEncodable, PostgresDecodable, Sendable {
        /// The code came and is not exchanged yet.
        case codeReceived
        /// The code was exchanged for the enterprise's permanent code.
        case exchanged
        /// WeCom has not made the app in this enterprise yet, which may take hours.
        case waitingForApp
        /// An administrator has to say that this is the enterprise that is meant.
        case waitingForConfirmation
        /// The identity provider is connected by it.
        case complete
        /// Something later, or other, took its place.
        case superseded
        /// WeCom says that it is good no longer.
        case revoked
        /// An administrator declined or ended it.
        case ended

        /// Whether something is left to be done.
        var isOpen: Bool {
            switch self {
            case .codeReceived, .exchanged, .waitingForApp, .waitingForConfirmation: true
            case .complete, .superseded, .revoked, .ended: false
            }
        }
    }

    var id: GrantID
    var suite: String
    var origin: Origin
    /// The state of the link that was scanned; nil where WeCom told none.
    var state: String?
    /// Whose QR code it was; nil where nobody asked for it.
    var idpID: IdentityProviderID?
    var standing: Standing
    /// Why it ended, a sentence.
    var note: String?
    var trouble: Trouble?
    var troubleSince: Timestamp?
    var corpID: String?
    var corpName: String?
    var receivedAt: Timestamp
    var changedAt: Timestamp
    var confirmedBy: String?

    /// The columns that ``init(_:)`` reads.
    static let columns: SQL = """
        id, suite, origin, state, idp, standing, note, trouble, \(time: "trouble_since"), corp_id, corp_name,
        \(time: "received_at"), \(time: "changed_at"), confirmed_by
        """

    init(_ row: Row) throws {
        (
            id, suite, origin, state, idpID, standing, note, trouble, troubleSince, corpID, corpName, receivedAt,
            changedAt, confirmedBy
        ) = try row.decode(
            GrantID.self,
            String.self,
            Origin.self,
            String?.self,
            IdentityProviderID?.self,
            Standing.self,
            String?.self,
            Trouble?.self,
            Timestamp?.self,
            String?.self,
            String?.self,
            Timestamp.self,
            Timestamp.self,
            String?.self
        )
    }
}

/// Which grant.
struct GrantID: Identifier, PostgresEncodable, PostgresDecodable {
    let uuid: UUID

    init(_ uuid: UUID) { self.uuid = uuid }
}

/// What keeps something from going on, in the words that all of the product uses.
struct Trouble: Codable, Equatable, Sendable {
    /// What happened, a sentence.
    var reason: String
    /// What helps, a sentence or two.
    var whatToDo: String
    /// Who acts.
    var whoActs: ResponsibleParty
    /// WeCom's code, where that was it.
    var wecomCode: Int?
    /// What WeCom's support asks for.
    var wecomHint: String?
    /// Our address as WeCom saw it, where that was it.
    var callerAddress: String?
}

extension Trouble: StoredAsJSON {}

extension Trouble {
    /// What WeCom's refusal means.
    init(_ error: WeComError) {
        let explanation = error.explanation
        self.init(
            reason: Problem.sentence(explanation.sentence),
            whatToDo: Problem.sentence(explanation.fix),
            whoActs: explanation.actor,
            wecomCode: error.code,
            wecomHint: error.hint,
            callerAddress: error.callerAddress
        )
    }

    /// The code was spent, or its ten minutes are over, and nobody has what it stood for.
    static func codeLost(_ error: WeComError) -> Trouble {
        var trouble = Trouble(error)
        trouble.reason = "WeCom does not take the authorization code: it was used already, or its ten minutes are over."
        trouble.whatToDo = """
            Scan the QR code again, or a new one; or let whoever runs WeCom Bridge press "重新获取secret" for this \
            enterprise in the provider console. Both make WeCom send a new code.
            """
        return trouble
    }

    /// Single members authorized the app.
    static let byMembers = Trouble(
        reason: "The app was authorized by single members, not by an administrator: there is no organization to read.",
        whatToDo: "Let an administrator of the enterprise scan the QR code.",
        whoActs: .enterpriseAdministrator
    )

    /// A static QR code of the provider console, or a link of another installation.
    static let nobodyAsked = Trouble(
        reason: "WeCom told of an authorization that nobody asked for here.",
        whatToDo: "Ask for a QR code at the identity provider that is meant, and scan that one.",
        whoActs: .enterpriseAdministrator
    )

    /// The key that sealed a code is gone.
    static func sealed(_ error: SealingError) -> Trouble {
        Trouble(
            reason: "What was stored cannot be opened: \(error).",
            whatToDo: "Give the key in SEALING_KEYS that sealed it; or scan a new QR code.",
            whoActs: .operator
        )
    }

    /// The installation's template is another one by now.
    static let otherTemplate = Trouble(
        reason: "This was granted to another template than the one that WECOM_TEMPLATE_ID names.",
        whatToDo: "Set WECOM_TEMPLATE_ID back, or let an administrator scan a new QR code.",
        whoActs: .operator
    )
}
