public import Configuration
import Foundation
public import Sealing

/// The variables that a program is configured with, read by type (architecture.md §7).
///
/// An empty variable counts as a missing one. What was read is remembered for the line that
/// every program logs at its start, secrets blanked. Read settings inside ``settings(_:)``, so
/// that every mistake is reported at once.
public struct Environment: Sendable {
    let values: [String: String]
    let journal: Journal
    /// Where mistakes gather; without it, they are thrown.
    private let mistakes: ConfigurationMistakes?
    /// Found before; reported with the next ones.
    private let earlier: [ConfigurationError]

    /// What the variables are read through; for what this type has no reader for.
    public let reader: ConfigReader

    /// The process's own variables.
    public static let process = Environment()

    /// The process's own variables, with a journal of its own.
    public init() { self.init(ProcessInfo.processInfo.environment) }

    /// - Parameter values: The variables.
    public init(_ values: [String: String]) {
        self.values = values
        journal = Journal()
        mistakes = nil
        earlier = []
        reader = ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: values))
    }

    private init(
        _ environment: Environment,
        gatheringIn mistakes: ConfigurationMistakes?,
        after earlier: [ConfigurationError]
    ) {
        values = environment.values
        journal = environment.journal
        reader = environment.reader
        self.mistakes = mistakes
        self.earlier = earlier
    }

    /// These variables, some of them set otherwise: what a command was given as options.
    public func setting(_ others: [String: String]) -> Environment { Environment(values.merging(others) { $1 }) }

    /// The same variables, of which some are refused already: ``settings(_:)`` reports these, too.
    func refusing(_ earlier: [ConfigurationError]) -> Environment {
        Environment(self, gatheringIn: mistakes, after: earlier)
    }

    /// Reads settings and reports every mistake in them at once.
    ///
    /// Inside, readers that find a mistake return a stand-in instead of throwing, so do nothing
    /// there but read.
    ///
    /// - Throws: ``ConfigurationErrors``, or what `make` throws beyond ``ConfigurationError``.
    public func settings<Settings>(_ make: (Environment) throws -> Settings) throws -> Settings {
        let mistakes = ConfigurationMistakes()
        do {
            let settings = try make(Environment(self, gatheringIn: mistakes, after: []))
            let all = earlier + mistakes.all
            guard all.isEmpty else { throw ConfigurationErrors(errors: all) }
            return settings
        } catch let error as ConfigurationError {
            throw ConfigurationErrors(errors: earlier + mistakes.all + [error])
        }
    }

    /// A variable's text, if it is set.
    public func optional(_ name: String) -> String? {
        let text = text(name)
        journal.note(name, text)
        return text
    }

    /// A variable's text, or the default.
    public func string(_ name: String, default value: String) -> String {
        let text = text(name) ?? value
        journal.note(name, text)
        return text
    }

    /// A variable's text.
    ///
    /// - Parameter form: What it should look like, for the error.
    /// - Throws: ``ConfigurationError`` when it is missing.
    public func required(_ name: String, form: String = "a value") throws -> String {
        guard let text = optional(name) else { return try missing(name, form, standIn: "") }
        return text
    }

    /// A secret, which is blanked in the log.
    ///
    /// - Throws: ``ConfigurationError`` when it is missing.
    public func secret(_ name: String, form: String = "a value") throws -> Secret {
        guard let secret = optionalSecret(name) else { return try missing(name, form, standIn: Secret("")) }
        return secret
    }

    /// A secret, which is blanked in the log, if it is set.
    public func optionalSecret(_ name: String) -> Secret? {
        let text = text(name, isSecret: true)
        journal.note(name, text.map { _ in Journal.blank })
        return text.map(Secret.init)
    }

    /// Reads a variable with a parser of the caller's.
    ///
    /// - Parameters:
    ///   - form: What it should look like, for the error.
    ///   - isSecret: Whether it is blanked in the log and kept out of errors.
    ///   - parse: Returns `nil`, or throws an error whose description says what is wrong with it.
    /// - Returns: `nil` when it is not set.
    /// - Throws: ``ConfigurationError``.
    public func parsed<Value>(
        _ name: String,
        form: String,
        isSecret: Bool = false,
        _ parse: (String) throws -> Value?
    ) throws -> Value? {
        guard let text = text(name, isSecret: isSecret) else {
            journal.note(name, nil)
            return nil
        }
        journal.note(name, isSecret ? Journal.blank : text)
        do {
            if let value = try parse(text) { return value }
        } catch {
            return try refuse(name, "is refused, \(error)", "give \(form)", standIn: nil)
        }
        return try refuse(name, isSecret ? "is not of its form" : "is '\(text)'", "give \(form)", standIn: nil)
    }

    /// Reports a mistake: throws it, or inside ``settings(_:)`` remembers it and returns `standIn`.
    public func refuse<Value>(
        _ name: String,
        _ reason: String,
        _ remedy: String? = nil,
        standIn: Value
    ) throws -> Value {
        let error = ConfigurationError(variable: name, reason: reason, remedy: remedy)
        guard let mistakes else { throw error }
        mistakes.add(error)
        return standIn
    }

    func missing<Value>(_ name: String, _ form: String, standIn: Value) throws -> Value {
        try refuse(name, "is missing", "give \(form)", standIn: standIn)
    }

    func text(_ name: String, isSecret: Bool = false) -> String? {
        let text = reader.string(forKey: ConfigKey([name]), isSecret: isSecret) ?? ""
        return text.isEmpty ? nil : text
    }
}
