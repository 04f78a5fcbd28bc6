/// A secret in plain text, which cannot end up in a log or in JSON by accident: it describes itself as `<secret>`,
/// has no children to reflect and is deliberately not `Codable`.
public struct Secret: Sendable {
    private let value: String

    /// Wraps a secret.
    public init(_ value: String) {
        self.value = value
    }

    /// Whether the secret is the empty string.
    public var isEmpty: Bool { value.isEmpty }

    /// Lends the plain text to `body`. What `body` returns is no longer protected.
    public func withValue<Result>(_ body: (String) throws -> Result) rethrows -> Result {
        try body(value)
    }
}

extension Secret: Hashable {
    /// Compares in a time that depends on the lengths alone.
    public static func == (left: Self, right: Self) -> Bool {
        ConstantTime.areEqual(left.value, right.value)
    }

    /// Hashes the bytes that `==` compares, so that equal secrets hash alike.
    public func hash(into hasher: inout Hasher) {
        for byte in value.utf8 { hasher.combine(byte) }
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always `<secret>`.
    public var description: String { "<secret>" }

    /// Always `<secret>`.
    public var debugDescription: String { description }

    /// Shows nothing to `dump` and to string interpolation of whatever holds the secret.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
