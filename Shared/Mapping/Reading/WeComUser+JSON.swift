import Expressions
package import JSONCoding
package import Messages

extension WeComUser: WeComObject {
    private static let keys = JSONKeys(Key.allCases.map(\.rawValue))
    private static let keysInOrder = Key.allCases

    package var object: DirectoryObject? { userID.flatMap { TextLimits.isID($0) ? .user($0) : nil } }

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

    package mutating func read(_ reader: inout JSONReader, _ selection: Selection) throws(JSONError) {
        try reader.beginObject()
        while let index = try reader.nextKey(in: Self.keys) {
            if index != JSONKeys.unknown, selection.contains(index) {
                try readValue(of: Self.keysInOrder[index], from: &reader, selection)
            } else {
                try reader.skipValue()
            }
        }
        judge()
        if selection.asksForDepartmentPath, !isDepartmentPathKnown { note(Key.departmentPath.rawValue, .unknownValue) }
    }

    private mutating func readValue(
        of key: Key,
        from reader: inout JSONReader,
        _ selection: Selection
    ) throws(JSONError) {
        switch key {
        case .userid: userID = try id(from: &reader)
        case .name: name = try text(key, from: &reader)
        case .position: position = try text(key, from: &reader)
        case .mobile: mobile = try text(key, from: &reader)
        case .gender: gender = try text(key, from: &reader)
        case .email: email = try text(key, from: &reader)
        case .avatar: avatar = try text(key, from: &reader)
        case .thumb_avatar: thumbAvatar = try text(key, from: &reader)
        case .telephone: telephone = try text(key, from: &reader)
        case .alias: alias = try text(key, from: &reader)
        case .qr_code: qrCode = try text(key, from: &reader)
        case .external_position: externalPosition = try text(key, from: &reader)
        case .address: address = try text(key, from: &reader)
        case .open_userid: openUserID = try text(key, from: &reader)
        case .biz_mail: businessMail = try text(key, from: &reader)
        case .english_name: englishName = try text(key, from: &reader)
        case .status: status = try number(key, from: &reader)
        case .main_department: mainDepartment = try number(key, from: &reader)
        case .enable: enable = try flag(key, from: &reader)
        case .isleader: isLeader = try flag(key, from: &reader)
        case .hide_mobile: hidesMobile = try flag(key, from: &reader)
        case .department: hasDepartments = isTaken(try reader.readNumbers(into: &departments), key)
        case .order: _ = isTaken(try reader.readNumbers(into: &orders), key)
        case .is_leader_in_dept: _ = isTaken(try reader.readFlags(into: &leaderships), key)
        case .direct_leader: hasDirectLeaders = isTaken(try reader.readIDs(into: &directLeaders), key)
        case .extattr: try readExtendedAttributes(from: &reader, selection)
        case .external_profile: try reader.skipValue()
        case .departmentPath: try readDepartmentPath(from: &reader)
        }
    }

    /// What else stands there is not of whom this code knows.
    private mutating func readDepartmentPath(from reader: inout JSONReader) throws(JSONError) {
        departmentPath = nil
        isDepartmentPathKnown = try reader.peek() == .null
        guard try reader.peek() == .array else { return _ = try reader.skipValue() }
        var (names, bytes) = ([String](), 0)
        var isReadable = true
        try reader.beginArray()
        while try reader.nextElement() {
            guard case .value(let name) = try reader.readLenientText() else {
                isReadable = false
                continue
            }
            names.append(name)
            bytes += name.utf8.count
        }
        isDepartmentPathKnown = isReadable && bytes <= ExpressionLimits.textBytes
        if isDepartmentPathKnown { departmentPath = names }
    }

    private mutating func id(from reader: inout JSONReader) throws(JSONError) -> String? {
        if try reader.readNull() { return nil }
        let id = try reader.readIdentifier()
        if id == nil { note(Key.userid.rawValue, .wrongType) }
        return id
    }

    /// Notes what cannot be seen before all is read.
    private mutating func judge() {
        if status != nil, knownStatus == nil { note(Key.status.rawValue, .unknownValue) }
        if let enable, enable != 0, enable != 1 { note(Key.enable.rawValue, .unknownValue) }
        guard hasDepartments else { return }
        // Lists without elements say nothing of any department.
        if !orders.isEmpty, orders.count != departments.count { note(Key.order.rawValue, .badElement) }
        if !leaderships.isEmpty, leaderships.count != departments.count {
            note(Key.is_leader_in_dept.rawValue, .badElement)
        }
    }
}
