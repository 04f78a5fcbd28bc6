import Hummingbird
import Runtime

extension Visit {
    /// The address of the next page of a list, with what the list was asked for; nil on the last.
    func next(_ cursor: String?) -> String? {
        guard let cursor else { return nil }
        let pairs = (request.uri.query ?? "").split(separator: "&").filter {
            !$0.hasPrefix("cursor=") && !$0.hasPrefix("done=")
        }
        let query = (pairs.map(String.init) + ["cursor=\(PercentEncoding.encode(cursor))"]).joined(separator: "&")
        return "\(request.uri.path)?\(query)"
    }
}
