import Crypto
import FoundationEssentials
import Sealing

/// What a client goes on with: of which session it is, the how-manieth of it, a secret and a tag.
///
/// The session's row keeps the digest of the current one and of the one before, however many there were. The tag, made
/// with a key of the session, tells a token that was given out from one that is made up: only the former can end a
/// session when it comes too late.
struct RefreshToken: Equatable, Sendable {
    let session: String
    let counter: Int64
    private let secret: String
    private let tag: String

    /// How long the token before the current one gets the same answer again, as a client that did not hear the answer
    /// asks for it (RFC 9700 §4.14.2 leaves the detection of theft to what comes later).
    static let grace: Duration = .seconds(30)

    /// What is shown.
    var text: String { "\(session).\(counter).\(secret).\(tag)" }

    /// What is kept of it.
    var digest: [UInt8] { Ticket.digest(of: text) }

    /// A key for the tokens of a session.
    static func makeKey() -> [UInt8] {
        (0..<4).flatMap { _ in
            let word = UInt64.random(in: .min ... .max)
            return (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
        }
    }

    /// The first token of a session.
    init(firstOf session: String, key: [UInt8]) {
        self.init(session: session, counter: 1, secret: RandomText.make(43, of: RandomText.base64URL), key: key)
    }

    /// Reads what a client shows; `nil` when it never was one.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        // Only what a session can be called is looked up: PostgreSQL refuses a text with a NUL.
        guard parts.count == 4, let id = UUID(uuidString: parts[0]), id.uuidString.lowercased() == parts[0],
            let counter = Int64(parts[1]), counter > 0
        else { return nil }
        (session, secret, tag) = (parts[0], parts[2], parts[3])
        self.counter = counter
    }

    private init(session: String, counter: Int64, secret: String, key: [UInt8]) {
        self.session = session
        self.counter = counter
        self.secret = secret
        tag = Self.tag(session, counter, secret, key)
    }

    /// Whether it was given out with that key.
    func isGenuine(_ key: [UInt8]) -> Bool {
        ConstantTime.areEqual(tag, Self.tag(session, counter, secret, key))
    }

    /// The token that takes its place: the same whenever it is asked for, and for nobody to work out who has not both
    /// this token and the key.
    func next(_ key: [UInt8]) -> RefreshToken {
        RefreshToken(session: session, counter: counter + 1, secret: Self.code("next \(text)", key), key: key)
    }

    private static func tag(_ session: String, _ counter: Int64, _ secret: String, _ key: [UInt8]) -> String {
        code("tag \(session) \(counter) \(secret)", key)
    }

    private static func code(_ text: String, _ key: [UInt8]) -> String {
        Base64URL.encode(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: SymmetricKey(data: key)))
    }
}
