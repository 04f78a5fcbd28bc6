import Foundation
import JSONCoding
import Mapping
import Messages

/// A page of WeCom's users mapped to the directory's records: read, mapped and digested.
struct MappingContests {
    let page: UserPage

    func mapping() throws -> Contest {
        let bytes = page.users.bytes
        let data = Data(bytes)
        let mapping = CompiledMapping(MappingRule.defaults)
        let json = try page.encode()
        let mapped = try PageMapping.map(users: json, by: mapping)
        let plain = try Self.plain(data)
        guard mapped.rejected.isEmpty, Self.withoutDigests(mapped.users) == Self.withoutDigests(plain) else {
            throw JSONContests.Disagreement(what: "a mapped page")
        }
        return Contest(
            name: "mapping",
            unit: "user",
            units: mapped.users.count,
            contenders: [
                .ours("PageMapping.map", bytes: bytes.count) {
                    Self.sum(try PageMapping.map(users: json, by: mapping).users)
                },
                .rival("JSONDecoder, dictionaries, MD5", bytes: bytes.count) { Self.sum(try Self.plain(data)) },
                .copying([bytes]),
            ]
        )
    }

    private static func plain(_ data: Data) throws -> [UserRecord] {
        let rules = MappingRule.defaults
        return try JSONDecoder().decode([PlainUser].self, from: data).map { $0.record(by: rules) }
    }

    private static func sum(_ records: [UserRecord]) -> Int {
        records.reduce(0) { $0 &+ Int(truncatingIfNeeded: $1.contentHash.low) }
    }

    /// The two ways digest by different functions.
    private static func withoutDigests(_ records: [UserRecord]) -> [UserRecord] {
        records.map { record in
            var record = record
            record.contentHash = .zero
            return record
        }
    }
}
