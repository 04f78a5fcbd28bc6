import Crypto
import Foundation
import Messages

/// WeCom's user object, read and mapped the plain way: by Foundation's decoder and a dictionary of fields.
struct PlainUser: Decodable {
    struct Attributes: Decodable {
        struct Attribute: Decodable {
            struct Text: Decodable { let value: String }

            let name: String
            let text: Text?
        }

        let attrs: [Attribute]
    }

    let userID: String
    let name: String?
    let department: [Int64]
    let order: [Int64]
    let mainDepartment: Int64?
    let isLeaderInDepartment: [Int64]
    let directLeader: [String]
    let isLeader: Int64?
    let status: Int64
    let enable: Int64?
    let hideMobile: Int64?
    let gender: String?
    let position: String?
    let mobile: String?
    let email: String?
    let businessMail: String?
    let telephone: String?
    let alias: String?
    let avatar: String?
    let externalPosition: String?
    let extendedAttributes: Attributes?

    enum CodingKeys: String, CodingKey {
        case userID = "userid"
        case name
        case department
        case order
        case mainDepartment = "main_department"
        case isLeaderInDepartment = "is_leader_in_dept"
        case directLeader = "direct_leader"
        case isLeader = "isleader"
        case status
        case enable
        case hideMobile = "hide_mobile"
        case gender
        case position
        case mobile
        case email
        case businessMail = "biz_mail"
        case telephone
        case alias
        case avatar
        case externalPosition = "external_position"
        case extendedAttributes = "extattr"
    }
}

extension PlainUser {
    /// The fields as mapping rules name them.
    var fields: [String: String] {
        var fields = ["userid": userID]
        fields["name"] = name
        fields["gender"] = gender
        fields["position"] = position
        fields["mobile"] = mobile
        fields["email"] = email
        fields["biz_mail"] = businessMail
        fields["telephone"] = telephone
        fields["alias"] = alias
        fields["avatar"] = avatar
        for attribute in extendedAttributes?.attrs ?? [] { fields["extattr.\(attribute.name)"] = attribute.text?.value }
        return fields
    }

    /// Maps a person by rules that take a field as it is, and digests what comes of it with MD5.
    func record(by rules: [MappingRule]) -> UserRecord {
        let fields = fields
        var values: [String: String] = [:]
        for rule in rules { values[rule.target] = rule.source.flatMap { fields[$0] } }
        var record = UserRecord(
            externalID: userID,
            username: values["username"],
            displayName: values["displayName"],
            email: values["email"],
            mobile: values["mobile"],
            telephone: values["telephone"],
            title: values["title"],
            alias: values["alias"],
            status: UserRecord.Status(rawValue: Int(status)) ?? .active,
            mainDepartment: mainDepartment,
            memberships: zip(department, zip(order, isLeaderInDepartment)).map {
                UserRecord.Membership(department: $0, order: $1.0, isLeader: $1.1 == 1)
            },
            leaders: directLeader,
            contentHash: .zero
        )
        record.contentHash = Self.digest(of: record)
        return record
    }

    private static func digest(of record: UserRecord) -> ContentDigest {
        let texts = [
            record.externalID, record.username, record.displayName, record.email, record.mobile, record.telephone,
            record.title, record.alias,
        ]
        let memberships = (record.memberships ?? []).map { "\($0.department):\($0.order):\($0.isLeader)" }
        let content =
            texts.map { $0 ?? "\u{0}" } + ["\(record.status?.rawValue ?? 0)", "\(record.mainDepartment ?? 0)"]
            + memberships.sorted() + (record.leaders ?? []).sorted()
        let hash = Array(Insecure.MD5.hash(data: Data(content.joined(separator: "\u{1}").utf8)))
        func half(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        return ContentDigest(high: half(hash[..<8]), low: half(hash[8...]))
    }
}
