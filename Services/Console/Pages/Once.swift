import Sealing
import Web

/// What makes a form the same when it is sent again: it goes along as `Idempotency-Key`.
enum Once {
    /// The field's name in forms.
    static let field = "once"

    /// A new one for a new page.
    static func make() -> String { RandomText.make(32) }
}

extension Visit {
    /// The terms of a request that starts or makes something by the form that was sent.
    var onceTerms: ServiceAPI.Terms {
        let once = form[Once.field].flatMap { (16...64).contains($0.utf8.count) ? $0 : nil }
        return ServiceAPI.Terms(idempotencyKey: once)
    }
}
