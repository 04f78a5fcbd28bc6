import Messages

/// A mapping rule, made ready: where a value comes from, and what stands in for it.
struct ValueRule: Equatable, Sendable {
    /// A field of WeCom.
    enum Source: Equatable, Sendable {
        case field(WeComUser.Key)
        /// An attribute of `extattr`, by its name.
        case attribute(String)

        /// - Parameter name: As rules write it: a key of the user object, or `extattr.<name>`.
        init?(_ name: String) {
            let prefix = "extattr."
            if name.hasPrefix(prefix) {
                self = .attribute(String(name.dropFirst(prefix.count)))
            } else if let key = WeComUser.Key(rawValue: name) {
                self = .field(key)
            } else {
                return nil
            }
        }
    }

    /// `nil` for a constant, and for a field that WeCom does not have.
    var source: Source?
    /// What is taken where the source has nothing, or an empty text.
    var fallback: String?

    init(source: Source? = nil, fallback: String? = nil) {
        self.source = source
        self.fallback = fallback
    }

    init(_ rule: MappingRule) {
        let source = rule.source.flatMap(Source.init)
        switch rule.kind {
        case .direct: self.init(source: source)
        case .constant: self.init(fallback: rule.value ?? "")
        case .default: self.init(source: source, fallback: rule.value ?? "")
        }
    }

    /// The key of the user object that it asks for, if it does for one.
    var key: WeComUser.Key? {
        if case .field(let key) = source { key } else { nil }
    }

    /// The value for a user: `nil` leaves the directory's as it is, an empty text clears it.
    func value(for user: WeComUser) -> String? {
        let value: String? =
            switch source {
            case .field(let key): user.text(of: key)
            case .attribute(let name): user.text(ofAttribute: name)
            case nil: nil
            }
        guard let fallback else { return value }
        guard let value, !value.isEmpty else { return fallback }
        return value
    }
}
