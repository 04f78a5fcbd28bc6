/// A variable of the environment that a program cannot start with.
public struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The variable's name.
    public let variable: String
    /// What is wrong, as the rest of a sentence that begins with the name. Never holds a secret.
    public let reason: String
    /// What to do, where the reason does not say it already.
    public let remedy: String?

    /// - Parameters:
    ///   - variable: The variable's name.
    ///   - reason: The rest of a sentence that begins with the name, such as `is missing`.
    ///   - remedy: What to do, such as `give host:port[,host:port]`.
    public init(variable: String, reason: String, remedy: String? = nil) {
        self.variable = variable
        self.reason = reason
        self.remedy = remedy
    }

    /// One line: `KAFKA_BOOTSTRAP_SERVERS is missing: give host:port[,host:port]`.
    public var description: String {
        "\(variable) \(reason)" + (remedy.map { ": \($0)" } ?? "")
    }
}

/// Every variable that a program cannot start with, so that they can be mended in one go.
public struct ConfigurationErrors: Error, Equatable, Sendable, CustomStringConvertible {
    /// In the order in which they were found; never empty.
    public let errors: [ConfigurationError]

    /// One line each.
    public var description: String { errors.map(\.description).joined(separator: "\n") }
}
