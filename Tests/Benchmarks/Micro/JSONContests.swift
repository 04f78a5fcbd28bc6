import Foundation
import JSONCoding
import Mapping
import Messages

/// Reading and writing JSON by our reader and writer, and by Foundation's.
struct JSONContests {
    let page: UserPage
    let batch: UserBatch

    /// What was read by one way is not what was read by the other.
    struct Disagreement: Error, CustomStringConvertible {
        let what: String

        var description: String { "\(what) differs between ours and Foundation's" }
    }

    /// WeCom's user objects, as the mapper reads them: what its rules ask for, all into the same place.
    func reading() throws -> Contest {
        let bytes = page.users.bytes
        let data = Data(bytes)
        var users: [WeComUser] = []
        let count = try Self.read(page.users, WeComUser.Selection(WeComUser.Key.allCases)) { users.append($0) }
        let plain = try JSONDecoder().decode([PlainUser].self, from: data)
        for (user, plain) in zip(users, plain) {
            let isSame =
                user.text(of: .userid) == plain.userID && user.text(of: .name) == plain.name
                && user.text(of: .avatar) == plain.avatar
                && user.text(of: .main_department) == plain.mainDepartment.map(String.init)
            guard isSame else { throw Disagreement(what: "a user") }
        }
        guard count == plain.count else { throw Disagreement(what: "the number of users") }
        let sources = MappingRule.defaults.compactMap(\.source)
        let selection = WeComUser.Selection(sources.compactMap { WeComUser.Key(rawValue: $0) })
        return Contest(
            name: "json_read",
            unit: "user",
            units: count,
            contenders: [
                .ours("WeComUser.read", bytes: bytes.count) { try Self.read(page.users, selection) },
                .rival("JSONDecoder", bytes: bytes.count) {
                    try JSONDecoder().decode([PlainUser].self, from: data).count
                },
                .copying([bytes]),
            ]
        )
    }

    /// - Parameter body: Is lent each user.
    /// - Returns: How many there are.
    private static func read(
        _ list: RawJSON,
        _ selection: WeComUser.Selection,
        _ body: (WeComUser) -> Void = { _ in }
    ) throws -> Int {
        var count = 0
        var user = WeComUser()
        var reader = JSONReader(list.bytes)
        try reader.beginArray()
        while try reader.nextElement() {
            user.clear()
            try user.read(&reader, selection)
            body(user)
            count += 1
        }
        try reader.finish()
        return count
    }

    /// Mapped people, as the mapper writes them.
    func writing() throws -> Contest {
        let bytes = try batch.encode()
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        guard try encoder.encode(batch).count == bytes.count else { throw Disagreement(what: "a batch's length") }
        return Contest(
            name: "json_write",
            unit: "user",
            units: batch.users.count,
            contenders: [
                .ours("UserBatch.encode", bytes: bytes.count) { try batch.encode().count },
                .rival("JSONEncoder", bytes: bytes.count) { try encoder.encode(batch).count },
                .copying([bytes]),
            ]
        )
    }

    /// Mapped people, as the writer reads them.
    func decoding() throws -> Contest {
        let bytes = try batch.encode()
        let data = Data(bytes)
        guard try UserBatch.decode(bytes) == JSONDecoder().decode(UserBatch.self, from: data) else {
            throw Disagreement(what: "a batch")
        }
        return Contest(
            name: "json_decode",
            unit: "user",
            units: batch.users.count,
            contenders: [
                .ours("UserBatch.decode", bytes: bytes.count) { try UserBatch.decode(bytes).users.count },
                .rival("JSONDecoder", bytes: bytes.count) {
                    try JSONDecoder().decode(UserBatch.self, from: data).users.count
                },
                .copying([bytes]),
            ]
        )
    }
}
