import Synchronization

/// A message that people got.
struct SentMessage: Sendable, Equatable {
    var agentID: Int
    var users: [String]
    var text: String
}

/// Who got what.
final class MessageBook: Sendable {
    private let sent = Mutex<[String: [SentMessage]]>([:])

    /// Takes a message, unless the same came before and was to be checked for that; returns its id.
    func take(_ message: SentMessage, in corp: String, once: Bool) -> String {
        sent.withLock { sent in
            if !once || sent[corp]?.contains(message) != true { sent[corp, default: []].append(message) }
            return Identifier.secret()
        }
    }

    /// What the people of a corp got, in order.
    func messages(in corp: String) -> [SentMessage] { sent.withLock { $0[corp] ?? [] } }
}
