import Crypto
import FoundationEssentials
public import Sealing

/// Tells an app's credentials from others without showing them: WeCom's secrets are random, so that nobody can guess
/// them by their digest.
public struct CredentialDigest: Sendable, Hashable {
    /// SHA-256 of corp ID and secret.
    public let bytes: [UInt8]

    /// - Parameters:
    ///   - corpID: Whose app it is.
    ///   - secret: The app's secret, or its permanent code.
    public init(corpID: CorpID, secret: Secret) {
        let text = secret.withValue { "wecom-app\n\(corpID.canonical)\n\($0)" }
        bytes = Array(SHA256.hash(data: Data(text.utf8)))
    }
}

/// Remembers credentials that WeCom refused, over all instances of a service: many wrong secrets ban the address that
/// they come from for an hour (wecom.md §6).
public protocol CredentialMemory: Sendable {
    /// Returns when WeCom may be asked.
    ///
    /// - Throws: The ``WeComError`` of before, while it is remembered.
    func recall(_ credentials: CredentialDigest) async throws

    /// Notes what WeCom said.
    ///
    /// - Parameter refusal: Why it does not take the credentials; nil when it does.
    func note(_ credentials: CredentialDigest, _ refusal: WeComError?) async throws
}

extension ErrorReactions {
    /// Whether the code refuses corp ID and secret themselves, and not what is asked for with them.
    public static func refusesCredentials(_ code: Int) -> Bool {
        [40001, 40013, 40084, 40091, 45031, 48004, 2_000_002].contains(code)
    }
}

extension WeComClient {
    /// ``getToken(corpID:secret:)``, unless WeCom refused the very same credentials a moment ago.
    public func getToken(
        corpID: CorpID,
        secret: Secret,
        rememberingIn memory: (any CredentialMemory)?
    ) async throws -> AccessToken {
        guard let memory else { return try await getToken(corpID: corpID, secret: secret) }
        let credentials = CredentialDigest(corpID: corpID, secret: secret)
        try await memory.recall(credentials)
        do {
            let token = try await getToken(corpID: corpID, secret: secret)
            // WeCom's answer counts, whatever becomes of the memory.
            try? await memory.note(credentials, nil)
            return token
        } catch let error as WeComError where error.code.map(ErrorReactions.refusesCredentials) == true {
            try? await memory.note(credentials, error)
            throw error
        }
    }
}
