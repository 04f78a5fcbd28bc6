package import JSONCoding

extension WeComUser: WeComObject {
    package static var idKey: Key { .userid }

    private static let keys = JSONKeys(Key.allCases.map(\.rawValue))
    private static let keysInOrder = Key.allCases
    private static let listKeys = JSONKeys(["attrs"])
    private static let attributeKeys = JSONKeys(["type", "name", "text", "web", "value"])
    private static let valueKeys = JSONKeys(["value", "url"])

    package static func read(
        _ reader: inout JSONReader,
        _ selection: Selection,
        field: inout Key?
    ) throws(JSONError) -> WeComUser {
        var user = WeComUser()
        try reader.beginObject()
        while let index = try reader.nextKey(in: keys) {
            guard index != JSONKeys.unknown else {
                try reader.skipValue()
                continue
            }
            let key = keysInOrder[index]
            field = key
            if selection.contains(index) {
                try user.readValue(of: key, from: &reader)
            } else {
                try skipText(&reader)
            }
            field = nil
        }
        return user
    }

    /// Steps over a text that nobody asks for; what is no text is as wrong as it would be if somebody did.
    private static func skipText(_ reader: inout JSONReader) throws(JSONError) {
        switch try reader.peek() {
        case .string, .null: try reader.skipValue()
        default: throw JSONError(expected: "string", offset: reader.offset)
        }
    }

    private mutating func readValue(of key: Key, from reader: inout JSONReader) throws(JSONError) {
        switch key {
        case .userid: userID = try reader.readStringOrNull()
        case .name: name = try reader.readStringOrNull()
        case .position: position = try reader.readStringOrNull()
        case .mobile: mobile = try reader.readStringOrNull()
        case .gender: gender = try reader.readStringOrNull()
        case .email: email = try reader.readStringOrNull()
        case .avatar: avatar = try reader.readStringOrNull()
        case .thumb_avatar: thumbAvatar = try reader.readStringOrNull()
        case .telephone: telephone = try reader.readStringOrNull()
        case .alias: alias = try reader.readStringOrNull()
        case .qr_code: qrCode = try reader.readStringOrNull()
        case .external_position: externalPosition = try reader.readStringOrNull()
        case .address: address = try reader.readStringOrNull()
        case .open_userid: openUserID = try reader.readStringOrNull()
        case .biz_mail: businessMail = try reader.readStringOrNull()
        case .english_name: englishName = try reader.readStringOrNull()
        case .status: status = try reader.readInt64OrNull()
        case .main_department: mainDepartment = try reader.readInt64OrNull()
        case .enable: enable = try reader.readInt64OrNull()
        case .isleader: isLeader = try reader.readInt64OrNull()
        case .hide_mobile: hidesMobile = try reader.readInt64OrNull()
        case .department: departments = try reader.readNumbers()
        case .order: orders = try reader.readNumbers()
        case .is_leader_in_dept: leaderships = try reader.readNumbers()
        case .direct_leader: directLeaders = try reader.readTexts()
        case .extattr: extendedAttributes = try Self.readExtendedAttributes(&reader)
        case .external_profile: try reader.skipValue()
        }
    }

    private static func readExtendedAttributes(_ reader: inout JSONReader) throws(JSONError) -> [ExtendedAttribute] {
        var attributes: [ExtendedAttribute] = []
        if try reader.readNull() { return attributes }
        try reader.beginObject()
        while let key = try reader.nextKey(in: listKeys) {
            if key == JSONKeys.unknown {
                try reader.skipValue()
            } else if try !reader.readNull() {
                try reader.beginArray()
                while try reader.nextElement() { attributes.append(try readExtendedAttribute(&reader)) }
            }
        }
        return attributes
    }

    /// Reads `{"type":0,"name":"…","text":{"value":"…"}}`, its web form with `"web":{"url":"…"}`, or
    /// the older one with `"value":"…"`.
    private static func readExtendedAttribute(_ reader: inout JSONReader) throws(JSONError) -> ExtendedAttribute {
        var attribute = ExtendedAttribute(name: "", value: nil)
        var olderValue: String?
        try reader.beginObject()
        while let key = try reader.nextKey(in: attributeKeys) {
            switch key {
            case 1: attribute.name = try reader.readString()
            case 2, 3:
                if let value = try readNestedValue(&reader) { attribute.value = value }
            case 4: olderValue = try reader.readStringOrNull()
            default: try reader.skipValue()
            }
        }
        attribute.value = attribute.value ?? olderValue
        return attribute
    }

    private static func readNestedValue(_ reader: inout JSONReader) throws(JSONError) -> String? {
        if try reader.readNull() { return nil }
        var value: String?
        try reader.beginObject()
        while let key = try reader.nextKey(in: valueKeys) {
            if key == JSONKeys.unknown {
                try reader.skipValue()
            } else {
                value = try reader.readStringOrNull()
            }
        }
        return value
    }
}
