import HTTPTypes
public import Hummingbird

extension Router {
    /// Answers 405 where a path has no route of the method, and says which it has (RFC 9110 §15.5.6): else whoever asks by
    /// another one is told that there is nothing.
    ///
    /// - Returns: The router, to which nothing may be added any more.
    public func refusingOtherMethods() -> Self {
        for (_, known) in Dictionary(grouping: routes, by: \.path.description) {
            guard let path = known.first?.path else { continue }
            var methods = Set(known.map(\.method))
            if methods.contains(.get) { methods.insert(.head) }
            let allowed = methods.map(\.rawValue).sorted().joined(separator: ", ")
            for method in Self.methods where !methods.contains(method) {
                on(path, method: method) { request, _ -> Response in
                    throw Problem(
                        .methodNotAllowed,
                        "method-not-allowed",
                        detail: "There is no \(request.method) here.",
                        fix: "Use one of: \(allowed).",
                        headers: [.allow: allowed]
                    )
                }
            }
        }
        return self
    }

    private static var methods: [HTTPRequest.Method] { [.get, .head, .post, .put, .patch, .delete, .options, .trace] }
}
