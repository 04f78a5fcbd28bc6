import HTTPTypes
import Metrics
import Synchronization

/// How long requests take, by method, route and status: each timer is made once, as that looks it up by its text.
final class RequestTimers: Sendable {
    private struct Key: Hashable {
        let method: String
        let route: String
        let status: Int
    }

    private let timers = Mutex<[Key: Metrics.Timer]>([:])

    /// Callers must not be able to make up dimensions.
    private static let methods: Set<HTTPRequest.Method> = [.get, .head, .post, .put, .patch, .delete, .options]

    /// - Parameter route: A path of the router's, or a name for none of them.
    func timer(_ method: HTTPRequest.Method, _ route: String, _ status: HTTPResponse.Status) -> Metrics.Timer {
        let name = Self.methods.contains(method) ? method.rawValue : "other"
        return timers.withLock { timers in
            let key = Key(method: name, route: route, status: status.code)
            if let timer = timers[key] { return timer }
            let timer = Metrics.Timer(
                label: "http.request",
                dimensions: [("method", name), ("route", route), ("status", "\(status.code)")]
            )
            timers[key] = timer
            return timer
        }
    }
}
