import Foundation
import Messages
import Postgres

/// Rows of `directory.users` as COPY takes them: in its binary format, and in its text format.
struct CopyContests {
    /// A person, with all that the writer gives a row beside the record.
    private struct Person {
        let key: String
        let id: UUID
        let record: UserRecord
    }

    private let identityProvider = IdentityProviderID.make()
    private let tenant = TenantID.make()
    private let time = Timestamp(millisecondsSince1970: 1_700_000_000_123)
    private let people: [Person]

    init(_ records: [UserRecord]) {
        let identityProvider = identityProvider
        people = records.map { record in
            let key = DirectoryKey(record.externalID, isCaseSensitive: false)
            return Person(key: key.text, id: UserID(of: key, in: identityProvider, .first).uuid, record: record)
        }
    }

    func encoding() -> Contest {
        let binary = binaryRows().byteCount
        return Contest(
            name: "copy_encode",
            unit: "user",
            units: people.count,
            contenders: [
                .ours("CopyRows, binary", bytes: binary) { binaryRows().byteCount },
                .rival("Strings, text", bytes: textRows().utf8.count) { textRows().utf8.count },
                .copying([[UInt8](repeating: 1, count: binary)]),
            ]
        )
    }

    private func binaryRows() -> CopyRows {
        var rows = CopyRows(reserving: people.count * 400)
        for person in people {
            let record = person.record
            rows.beginRow(columns: 19)
            rows.append(identityProvider.uuid)
            rows.append(person.key)
            rows.append(person.id)
            rows.append(tenant.uuid)
            rows.append(record.externalID)
            rows.append(record.username)
            rows.append(record.displayName)
            rows.append(record.email)
            rows.append(record.mobile)
            rows.append(record.telephone)
            rows.append(record.title)
            rows.append(record.alias)
            rows.append(Int16(record.status?.rawValue ?? 1))
            rows.append(record.mainDepartment)
            rows.append(textArray: record.leaders?.isEmpty == false ? record.leaders : nil)
            rows.append(jsonb: nil)
            rows.append(bytes: record.contentHash.high, record.contentHash.low)
            rows.append(timestampMilliseconds: time.millisecondsSince1970)
            rows.append(timestampMilliseconds: time.millisecondsSince1970)
        }
        return rows
    }

    private func textRows() -> String {
        let (identityProvider, tenant) = (identityProvider.description, tenant.description)
        let time = time.description
        var rows = ""
        for person in people {
            let record = person.record
            let leaders = (record.leaders ?? []).map { "\"\($0)\"" }.joined(separator: ",")
            let texts: [String?] = [
                person.key, record.externalID, record.username, record.displayName, record.email, record.mobile,
                record.telephone, record.title, record.alias, leaders.isEmpty ? nil : "{\(leaders)}",
            ]
            let others: [String?] = [
                identityProvider, person.id.uuidString, tenant, "\(record.status?.rawValue ?? 1)",
                record.mainDepartment.map { "\($0)" }, nil, "\\\\x" + record.contentHash.description, time, time,
            ]
            let columns = texts.map { $0.map(Self.escaped) } + others
            rows += columns.map { $0 ?? "\\N" }.joined(separator: "\t")
            rows += "\n"
        }
        return rows
    }

    private static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\\") }) else { return text }
        return text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n").replacing("\t", with: "\\t")
            .replacing("\r", with: "\\r")
    }
}
