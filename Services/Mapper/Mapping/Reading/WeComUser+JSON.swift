package import JSONCoding

extension WeComUser: WeComObject {
    package static var idKey: Key { .userid }

    private static let keys = JSONKeys(Key.allCases.map(\.rawValue))
    private static let keysInOrder = Key.allCases
    private static let listKeys = JSONKeys(["attrs"])
    private static let attributeKeys = JSONKeys(["type", "name", "text", "web", "value"])
    private static let valueKeys = JSONKeys(["value", "url"])

    package mutating func clear() {
        var next = WeComUser()
        swap(&next.departments, &departments)
        swap(&next.orders, &orders)
        swap(&next.leaderships, &leaderships)
        swap(&next.directLeaders, &directLeaders)
        swap(&next.extendedAttributes, &extendedAttributes)
        next.departments.removeAll(keepingCapacity: true)
        next.orders.removeAll(keepingCapacity: true)
        next.leaderships.removeAll(keepingCapacity: true)
        next.directLeaders.removeAll(keepingCapacity: true)
        next.extendedAttributes.removeAll(keepingCapacity: true)
        self = next
    }

    package mutating func read(
        _ reader: inout JSONReader,
        _ selection: Selection,
        field: inout Key?
    ) throws(JSONError) {
        try reader.beginObject()
        while let index = try reader.nextKey(in: Self.keys) {
            guard index != JSONKeys.unknown else {
                try reader.skipValue()
                continue
            }
            let key = Self.keysInOrder[index]
            field = key
            if selection.contains(index) {
                try readValue(of: key, from: &reader)
            } else {
                try Self.skipText(&reader)
            }
            field = nil
        }
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
        case .department: try reader.readNumbers(into: &departments)
        case .order: try reader.readNumbers(into: &orders)
        case .is_leader_in_dept: try reader.readNumbers(into: &leaderships)
        case .direct_leader: try reader.readTexts(into: &directLeaders)
        case .extattr: try readExtendedAttributes(&reader)
        case .external_profile: try reader.skipValue()
        }
    }

    private mutating func readExtendedAttributes(_ reader: inout JSONReader) throws(JSONError) {
        extendedAttributes.removeAll(keepingCapacity: true)
        if try reader.readNull() { return }
        try reader.beginObject()
        while let key = try reader.nextKey(in: Self.listKeys) {
            if key == JSONKeys.unknown {
                try reader.skipValue()
            } else if try !reader.readNull() {
                try reader.beginArray()
                while try reader.nextElement() {
                    extendedAttributes.append(try Self.readExtendedAttribute(&reader))
                }
            }
        }
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
