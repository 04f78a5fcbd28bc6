import ArgumentParser
import Runtime

/// Something that an operator does past the services, which the registry's audit tells first: by whom, to what and why.
struct OperatorAct: Sendable {
    /// Under which number the audit has it.
    let id: String

    /// Has the registry write it down.
    ///
    /// - Parameters:
    ///   - action: Such as `dead.redriven`.
    ///   - why: In the operator's words.
    ///   - details: What else is worth knowing; never a value.
    /// - Throws: ``AdminAPIError``: what is not written down is not done.
    static func begin(
        _ action: String,
        because why: String,
        _ details: [String: JSON],
        in registry: AdminAPI
    ) async throws -> OperatorAct {
        let body: [String: JSON] = ["action": .string(action), "reason": .string(why), "details": .object(details)]
        let answer = try await registry.post("/api/v1/operations", .object(body))
        guard case .object(let members) = answer, case .string(let id)? = members["id"] else {
            throw AdminAPIError("\(registry.service) at \(registry.url) did not say how the audit has it.")
        }
        return OperatorAct(id: id)
    }
}
