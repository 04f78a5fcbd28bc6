import HTTPTypes
import Hummingbird
import Runtime
import Sealing

/// Who may look up diagnoses: whoever has `OPERATOR_API_KEY`.
struct OperatorAccess: Sendable {
    /// Without a key nobody may.
    let key: Secret?

    /// - Throws: `Problem` 401.
    func check(_ request: Request) throws {
        guard let key, request.bearerToken == key else {
            throw Problem(
                .unauthorized,
                "unauthorized",
                title: "Not authorized",
                detail: "This needs the operator's API key.",
                fix: key == nil
                    ? "Set OPERATOR_API_KEY." : "Send it as Authorization: Bearer <key>.",
                headers: [.wwwAuthenticate: "Bearer realm=\"WeCom Bridge\""]
            )
        }
    }
}
