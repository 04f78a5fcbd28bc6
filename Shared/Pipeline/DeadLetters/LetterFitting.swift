import Kafka

/// Makes a letter of a record that is no larger than it may be: first comes what it says itself, then the key, then the
/// value with headers of usual size, then other headers as far as there is room.
struct LetterFitting {
    /// Headers for which a value is left out rather than they: many times what ours come to.
    private static let usualHeaderBytes = 16_384
    /// What frames a header on its way, at most, as outboxes count it.
    private static let headerOverhead = 20

    private let record: Record
    private let limit: Int
    private var used = 0

    /// - Parameter limit: Bytes of key, value and headers together.
    init(_ record: Record, within limit: Int) {
        self.record = record
        self.limit = limit
    }

    /// - Parameter statements: What the letter says itself.
    consuming func letter(topic: String, saying statements: [Header]) -> OutgoingRecord {
        var own = statements
        used = own.reduce(0) { $0 + Self.size($1) }
        let key = keptKey(&own)
        let headers = keptHeaders(&own)
        let value = keptValue(&own)
        return OutgoingRecord(topic: topic, key: key, value: value, headers: headers + own)
    }

    private mutating func keptKey(_ own: inout [Header]) -> String? {
        guard let bytes = record.key else { return nil }
        // No database keeps a text with a \0, should the letter wait in one.
        let text = String(decoding: bytes, as: UTF8.self).replacing("\0", with: "\u{FFFD}")
        let isText = text.utf8.elementsEqual(bytes)
        let size = text.utf8.count + (isText ? 0 : bytes.count)
        // Half, so that room is left for more.
        guard used + size <= limit / 2 else {
            say(&own, DeadLetter.Name.omittedKeyBytes, bytes.count)
            return nil
        }
        used += size
        if !isText { own.append(Header(DeadLetter.Name.key, bytes: bytes)) }
        return text
    }

    private mutating func keptHeaders(_ own: inout [Header]) -> [Header] {
        let besideValue = limit - used - (record.value?.count ?? 0)
        var room = min(max(besideValue, Self.usualHeaderBytes), limit - used) - Self.noteBytes
        let kept = record.headers.filter { header in
            let size = Self.size(header)
            guard size <= room else { return false }
            room -= size
            used += size
            return true
        }
        if kept.count < record.headers.count {
            say(&own, DeadLetter.Name.omittedHeaders, record.headers.count - kept.count)
        }
        return kept
    }

    private mutating func keptValue(_ own: inout [Header]) -> [UInt8]? {
        guard let value = record.value else { return nil }
        guard used + value.count <= limit else {
            say(&own, DeadLetter.Name.omittedBytes, value.count)
            return nil
        }
        return value
    }

    private mutating func say(_ own: inout [Header], _ name: String, _ count: Int) {
        let header = Header(name, "\(count)")
        used += Self.size(header)
        own.append(header)
    }

    /// Room for the notes of what was left out.
    private static let noteBytes = 128

    private static func size(_ header: Header) -> Int {
        header.name.utf8.count + (header.value?.count ?? 0) + headerOverhead
    }
}
