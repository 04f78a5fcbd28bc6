import Messages

/// Brings mapped content into a form of bytes that no other content has, and digests it.
///
/// Every text stands with its length before it, every list with its count, and what is absent differs
/// from what is empty. Another form would make every object look changed once, so it stays as it is.
struct ContentHasher {
    private var bytes: [UInt8] = []

    init(reserving capacity: Int = 512) { bytes.reserveCapacity(capacity) }

    mutating func combine(_ number: Int64) {
        append(number)
    }

    mutating func combine(_ number: Int64?) {
        bytes.append(number == nil ? 0 : 1)
        if let number { combine(number) }
    }

    mutating func combine(_ text: String) {
        let utf8 = text.utf8.span
        append(UInt32(truncatingIfNeeded: utf8.count))
        unsafe utf8.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    }

    mutating func combine(_ text: String?) {
        bytes.append(text == nil ? 0 : 1)
        if let text { combine(text) }
    }

    /// Takes a list whose order means nothing.
    mutating func combine(unordered texts: [String]?) {
        bytes.append(texts == nil ? 0 : 1)
        guard let texts else { return }
        combine(Int64(texts.count))
        for text in texts.count > 1 ? texts.sorted() : texts { combine(text) }
    }

    /// Appends the number, its least significant byte first.
    private mutating func append(_ number: some FixedWidthInteger) {
        unsafe withUnsafeBytes(of: number.littleEndian) { unsafe bytes.append(contentsOf: $0) }
    }

    /// The digest of all that was combined, after which the next one begins.
    mutating func finalize() -> ContentDigest {
        defer { bytes.removeAll(keepingCapacity: true) }
        return ContentDigest(of: bytes)
    }
}

/// What the hash of a record is made of besides the record: which fields have no rule, and are empty therefore, and of
/// which extended fields the mapping speaks.
struct HashGround: Equatable, Sendable {
    /// The fields that hold a text, and what stands for one that is absent in the record.
    fileprivate let texts: [(field: DirectoryField, isRuled: Bool)]
    fileprivate let attributes: [String]

    init(_ fields: MappedFields) {
        let ruled = Set(fields.always + fields.onCreate)
        texts = DirectoryField.texts.map { ($0, ruled.contains($0.rawValue)) }
        attributes = ruled.filter { DirectoryField(rawValue: $0) == nil }.sorted()
    }

    static func == (one: HashGround, other: HashGround) -> Bool {
        one.attributes == other.attributes && one.texts.map(\.isRuled) == other.texts.map(\.isRuled)
    }
}

extension UserRecord {
    /// The digest of all fields; the order of departments, leaders and attributes makes no difference.
    ///
    /// - Parameter hasher: Nothing was combined with it yet, or it is finalized.
    func digest(_ hasher: inout ContentHasher, on ground: HashGround) -> ContentDigest {
        hasher.combine(externalID)
        for (field, isRuled) in ground.texts { hasher.combine(self[field] ?? (isRuled ? nil : "")) }
        hasher.combine(status.map { Int64($0.rawValue) })
        hasher.combine(mainDepartment)
        hasher.combine(memberships.map { Int64($0.count) })
        let memberships = memberships ?? []
        let sorted = memberships.count > 1 ? memberships.sorted { $0.department < $1.department } : memberships
        for membership in sorted {
            hasher.combine(membership.department)
            hasher.combine(membership.order)
            hasher.combine(membership.isLeader ? 1 : 0)
        }
        hasher.combine(unordered: leaders)
        hasher.combine(Int64(ground.attributes.count))
        for key in ground.attributes {
            hasher.combine(key)
            hasher.combine(attributes[key])
        }
        if let openUserID { hasher.combine(openUserID) }
        return hasher.finalize()
    }
}

extension DepartmentRecord {
    /// The digest of all fields; the order of leaders makes no difference.
    func digest() -> ContentDigest {
        var hasher = ContentHasher()
        hasher.combine(externalID)
        hasher.combine(parentID)
        hasher.combine(name)
        hasher.combine(englishName)
        hasher.combine(order)
        hasher.combine(unordered: leaders)
        return hasher.finalize()
    }
}
