import JSONCoding

extension DirectoryChanges {
    /// The JSON of a message, written object by object as they are found, before its number is known.
    public struct Draft: Sendable {
        /// How many people it has.
        public private(set) var userCount = 0
        /// The departments.
        public private(set) var departments: [DepartmentChange] = []
        private var writer: JSONWriter

        /// Bytes to make room for at once; a person is about 250.
        private static let bytesPerUser = 300

        /// - Parameter users: About how many people there will be.
        public init(reserving users: Int) {
            writer = JSONWriter(reserving: 64 + users * Self.bytesPerUser)
            writer.beginObject()
            writer.key("users")
            writer.beginArray()
        }

        /// Adds a person.
        public mutating func add(_ user: UserChange) {
            add(
                user.kind,
                id: user.id,
                externalID: user.externalID,
                names: (user.username, user.displayName, user.email),
                isEnabled: user.isEnabled,
                departments: user.departments,
                contacts: (user.phoneNumber, user.address)
            )
        }

        /// Adds a person as `record` says, the departments in the order of whole republications, which so change nobody.
        ///
        /// - Parameter tellsContacts: Whether with telephone number and address.
        public mutating func add(_ record: UserRecord, id: UserID, kind: Kind, tellsContacts: Bool = false) {
            add(
                kind,
                id: id,
                externalID: record.externalID,
                names: (record.username, record.displayName, record.email),
                isEnabled: record.isEnabledWhenNew,
                departments: Self.ordered(record.memberships ?? []).lazy.map(\.department),
                contacts: (
                    tellsContacts ? record.phoneNumber : nil, tellsContacts ? record.postalAddress : nil
                )
            )
        }

        private static func ordered(_ memberships: [UserRecord.Membership]) -> [UserRecord.Membership] {
            memberships.count < 2 ? memberships : memberships.sorted { $0.department < $1.department }
        }

        /// Adds a department.
        public mutating func add(_ department: DepartmentChange) { departments.append(department) }

        /// The bytes that it has by now, about.
        public var size: Int { writer.bytes.count + departments.count * 100 }

        /// The whole message.
        ///
        /// - Parameters:
        ///   - incarnation: Which life of the directory tells it.
        ///   - snapshot: Which part of a whole republication it is.
        ///   - generation: Which corp the people are of.
        ///   - userIDCase: How the people's user ids are compared.
        ///   - sequence: Its number within the envelope's epoch, from 1.
        public consuming func finish(
            incarnation: Incarnation,
            snapshot: DirectorySnapshot? = nil,
            generation: Generation,
            userIDCase: UserIDCase,
            sequence: Int64
        ) -> [UInt8] {
            writer.endArray()
            writer.key("departments")
            writer.beginArray()
            for department in departments { department.write(to: &writer) }
            writer.endArray()
            writer.key("incarnation")
            incarnation.write(to: &writer)
            if let snapshot { snapshot.write(to: &writer) }
            writer.key("generation")
            writer.write(generation.rawValue)
            writer.key("userIDCase")
            writer.write(userIDCase.rawValue)
            writer.key("sequence")
            writer.write(sequence)
            writer.endObject()
            return writer.bytes
        }

        @inline(__always)
        private mutating func add(
            _ kind: Kind,
            id: UserID,
            externalID: String,
            names: (username: String?, displayName: String?, email: String?),
            isEnabled: Bool,
            departments: some Sequence<Int64>,
            contacts: (phoneNumber: String?, address: String?)
        ) {
            userCount += 1
            writer.beginObject()
            writer.key("kind")
            writer.write(kind.rawValue)
            writer.key("id")
            id.write(to: &writer)
            writer.key("externalID")
            writer.write(externalID)
            writer.write("username", names.username)
            writer.write("displayName", names.displayName)
            writer.write("email", names.email)
            writer.key("isEnabled")
            writer.write(isEnabled)
            writer.key("departments")
            writer.beginArray()
            for department in departments { writer.write(department) }
            writer.endArray()
            writer.write("phoneNumber", contacts.phoneNumber)
            writer.write("address", contacts.address)
            writer.endObject()
        }
    }
}
