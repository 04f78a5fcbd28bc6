import Synchronization

/// What was read of the environment, for the line that says what a program works with.
final class Journal: Sendable {
    /// What stands for a secret.
    static let blank = "<set>"
    /// What stands for a variable that was asked for and is not set.
    static let absent = "<not set>"

    private let read = Mutex<[String: String]>([:])

    /// What was read last of each variable.
    var entries: [String: String] { read.withLock { $0 } }

    func note(_ name: String, _ shown: String?) {
        read.withLock { $0[name] = shown.map(Self.withoutPassword) ?? Self.absent }
    }

    /// A URL's password is a secret even where the URL is none.
    private static func withoutPassword(_ text: String) -> String {
        guard
            let scheme = text.firstRange(of: "://"), let at = text[scheme.upperBound...].lastIndex(of: "@"),
            let colon = text[scheme.upperBound..<at].firstIndex(of: ":")
        else { return text }
        return text[...colon] + "***" + text[at...]
    }
}

/// The mistakes found while settings are read.
final class ConfigurationMistakes: Sendable {
    private let found = Mutex<[ConfigurationError]>([])

    var all: [ConfigurationError] { found.withLock { $0 } }

    func add(_ error: ConfigurationError) {
        found.withLock { found in
            if !found.contains(error) { found.append(error) }
        }
    }
}
