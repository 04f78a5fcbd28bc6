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
        case .constant: self.init(fallback: Self.fallback(of: rule))
        case .default: self.init(source: source, fallback: Self.fallback(of: rule))
        }
    }

    /// What the directory cannot keep stands in for nothing.
    private static func fallback(of rule: MappingRule) -> String? {
        let value = rule.value ?? ""
        return TextLimits.problem(of: value) == nil ? value : nil
    }

    /// The key of the user object that it asks for, if it does for one.
    var key: WeComUser.Key? {
        if case .field(let key) = source { key } else { nil }
    }

    /// The extended attribute that it asks for, if it does for one.
    var attribute: String? {
        if case .attribute(let name) = source { name } else { nil }
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
        guard let value else { return isUntaken(of: user) ? nil : fallback }
        return value.isEmpty ? fallback : value
    }

    /// Whether WeCom has a value that could not be taken: nothing stands in for it.
    private func isUntaken(of user: WeComUser) -> Bool {
        switch source {
        case .field(let key): user.isUntaken(key)
        case .attribute: user.hasExtendedAttributes || user.isUntaken(.extattr)
        case nil: false
        }
    }
}
