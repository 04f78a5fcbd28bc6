import Kafka
import Messages

/// U+0000, which JSON can say and no text of PostgreSQL can hold: found without asking the database, where it refused
/// something.
enum NullCharacter {
    /// Whether some text in a JSON has one.
    static func isIn(_ json: [UInt8]) -> Bool {
        var rest = json[...]
        while let backslash = rest.firstIndex(of: UInt8(ascii: "\\")) {
            let escaped = json[(backslash + 1)...]
            if escaped.starts(with: "u0000".utf8) { return true }
            // Behind a backslash, another one begins nothing.
            rest = escaped.dropFirst()
        }
        return false
    }
}

extension PartitionBatch {
    /// The offsets of the records of which some text holds a null character.
    var withNullCharacters: Set<Int64> {
        Set(records.filter { NullCharacter.isIn($0.value ?? []) }.map(\.position.offset))
    }
}

extension UserBatch {
    /// WeCom's ids of the people of whom some text holds a null character.
    func peopleWithNullCharacters() throws -> Set<String> {
        Set(try users.filter { try NullCharacter.isIn(Array(jsonText($0).utf8)) }.map(\.externalID))
    }

    /// The page without some people, who are told to be rejected.
    func rejecting(_ people: Set<String>) -> UserBatch {
        guard !people.isEmpty else { return self }
        var batch = self
        batch.users.removeAll { people.contains($0.externalID) }
        let reason = "The directory cannot hold the record."
        batch.rejected += people.sorted().map { RejectedRecord(externalID: $0, reason: reason) }
        return batch
    }
}
