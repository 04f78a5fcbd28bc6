import Runtime
import Sealing

/// Who a request may come from: holders of API keys, and administrators who signed in with their WeCom account.
struct CallerRecognition: Sendable {
    let keys: APIKeyStore
    let administrators: AdministratorStore
    /// Nil where nobody has said where the verifier is: then only keys count.
    let tokens: TokenCheck?

    /// Whose key or token it is; nil when it is nobody's.
    ///
    /// - Throws: ``Problem`` 401 for the token of somebody who is no administrator, 503 when the verifier is away.
    func known(_ secret: Secret) async throws -> KnownKey? {
        if let key = try await keys.known(secret) { return key }
        guard let holder = try await tokens?.holder(of: secret) else { return nil }
        guard let administrator = try await administrators.find(holder) else { throw Problem.notAnAdministrator }
        return KnownKey(caller: administrator.caller, standing: .valid)
    }
}
